"""The headers of every answer: what the page may load, where its forms may lead, what is cached."""

from __future__ import annotations

from flask import Flask, Response, request

from config import Config
from donations.web.policy import policy_of

_YEAR = 365 * 24 * 3600


def install_headers(app: Flask, config: Config) -> None:
    """Add the security headers to every response of `app`."""
    fixed = _fixed_headers(config)

    def add_headers(response: Response) -> Response:
        given = {name.lower() for name, _ in response.headers}
        response.headers.extend((name, value) for name, value in fixed.items() if name.lower() not in given)
        if "cache-control" not in given:
            response.headers["Cache-Control"] = _cache_control(app)
        return response

    app.after_request(add_headers)


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
