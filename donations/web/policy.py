"""What every route declares: who it is for, how it is protected, and whether it may be cached.

The declaration stands on the view; `headers` and the CSRF set-up follow it, and a test walks the
URL map and refuses a route without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask

Audience = Literal["reader", "staff", "stripe", "operator"]
Csrf = Literal["none", "nonce", "session", "signature"]
Cache = Literal["public", "no-store"]

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """`csrf="none"` is for routes that change nothing."""

    audience: Audience
    csrf: Csrf
    cache: Cache
    largest_body: int | None = None
    """In bytes, of a form that carries a file; None for what every form may be."""


def route_policy(
    *, audience: Audience, csrf: Csrf, cache: Cache, largest_body: int | None = None
) -> Callable[[View], View]:
    """Declare a view's policy. Put it nearest the function, below the route."""

    def declare(view: View) -> View:
        view.__dict__["route_policy"] = RoutePolicy(audience, csrf, cache, largest_body)
        return view

    return declare


def policy_of(app: Flask, endpoint: str | None) -> RoutePolicy | None:
    """The declaration of the view behind an endpoint, or None for one without (static files)."""
    view = app.view_functions.get(endpoint or "")
    return None if view is None else getattr(view, "route_policy", None)
