"""A letter's HTML inside a staff page: in a frame of its own, which may do nothing but look.

Letters carry their styles inline, as mail clients want it, and pages forbid that. So the letter is
a page by itself, under a policy that allows styles and nothing else: no script, no form, no way out.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Response, make_response, render_template

from donations.runtime import current
from donations.web.headers import content_security_policy

_WITHIN: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    )
)


def letter_page(html: str) -> Response:
    """The letter by itself, for a frame."""
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _WITHIN
    return response


def page_around(template: str, **values: Any) -> Response:
    """A page that holds a frame with a letter: like every page, but that it may frame our own."""
    response = make_response(render_template(template, **values))
    policy = content_security_policy(current().config)
    response.headers["Content-Security-Policy"] = f"{policy}; frame-src 'self'"
    return response
