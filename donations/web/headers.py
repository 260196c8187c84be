"""The headers of every answer: what the page may load, where its forms may lead, what is cached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from config import Config
from donations.web.policy import policy_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_YEAR = 365 * 24 * 3600


def install_headers(app: Flask, config: Config) -> None:
    """Add the security headers to every response of `app`.

    Those that are the same on all are added to the finished list: Flask's own is searched and copied
    several times before it goes out.
    """
    fixed = [(name.lower(), (name, value)) for name, value in _fixed_headers(config).items()]
    inner = app.wsgi_app

    def with_fixed_headers(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], object]:
            given = {name.lower() for name, _ in headers}
            headers.extend(header for name, header in fixed if name not in given)
            return start_response(status, headers, *exc_info)

        return inner(environ, start)

    def say_whether_to_cache(response: Response) -> Response:
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = _cache_control(app)
        return response

    app.wsgi_app = with_fixed_headers
    app.after_request(say_whether_to_cache)


def content_security_policy(config: Config) -> str:
    """Nothing by default, then only what the pages need. No inline script or style.

    Chromium applies `form-action` to the redirect that follows a form, so Stripe's hosts
    are named: with 'self' alone the 303 to Stripe is blocked.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self'",
            "script-src 'self'",
            "connect-src 'self'",
            f"form-action 'self' {' '.join(config.stripe_page_origins)}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _fixed_headers(config: Config) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": content_security_policy(config),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if config.is_served_over_https:
        headers["Strict-Transport-Security"] = f"max-age={2 * _YEAR}; includeSubDomains"
    return headers


def _cache_control(app: Flask) -> str:
    policy = policy_of(app, request.endpoint)
    if policy is not None and policy.cache == "public":
        return "public, max-age=60"
    return "no-store"
