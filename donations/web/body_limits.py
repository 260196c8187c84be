"""How large a form may be, where a view declares more than the usual.

Set before anything reads the form, and so before its token is checked.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, request

from donations.web.policy import policy_of

_LARGEST_PART: Final = 256 * 1024
"""Of what is no file. The parser also measures by it what it holds of one at a time: a chunk of 64 KiB and
the rest of the one before."""


def install_body_limits(app: Flask) -> None:
    """Install it before what protects the forms."""

    def allow_more() -> None:
        policy = policy_of(app, request.endpoint)
        if policy is not None and policy.largest_body is not None:
            request.max_content_length = policy.largest_body
            request.max_form_memory_size = _LARGEST_PART

    app.before_request(allow_more)
