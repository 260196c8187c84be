"""Our cookies, each with the same guards: for this host alone, no script, no form of another site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from donations.runtime import current


@dataclass(frozen=True, slots=True)
class Cookie:
    """One by its plain name. Browsers take the prefix `__Host-` only over https, which development
    does without."""

    name: str
    lasts: timedelta

    @property
    def full_name(self) -> str:
        return f"__Host-{self.name}" if current().config.is_served_over_https else self.name

    def read(self) -> str | None:
        """What the browser sent; None for nothing."""
        return request.cookies.get(self.full_name) or None

    def set(self, response: Response, value: str) -> None:
        response.set_cookie(
            self.full_name,
            value,
            max_age=self.lasts,
            path="/",
            secure=current().config.is_served_over_https,
            httponly=True,
            samesite="Lax",
        )

    def delete(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self.full_name,
            path="/",
            secure=current().config.is_served_over_https,
            httponly=True,
            samesite="Lax",
        )
