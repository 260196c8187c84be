"""The cookie that hides the appeal on one device. It says no more than that, and is set only on request."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from donations.runtime import current

DAYS_HIDDEN: Final = 30
_HIDDEN: Final = "hidden"
_DAY_S: Final = 24 * 3600


def is_appeal_hidden() -> bool:
    """Whether this device asked for it in the last thirty days."""
    return request.cookies.get(_name()) == _HIDDEN


def hide_appeal(response: Response) -> None:
    response.set_cookie(
        _name(),
        _HIDDEN,
        max_age=DAYS_HIDDEN * _DAY_S,
        secure=current().config.is_served_over_https,
        httponly=True,
        samesite="Lax",
    )


def show_appeal(response: Response) -> None:
    """Have the browser forget it."""
    is_secure = current().config.is_served_over_https
    response.delete_cookie(_name(), secure=is_secure, httponly=True, samesite="Lax")


def _name() -> str:
    return "__Host-appeal" if current().config.is_served_over_https else "appeal"
