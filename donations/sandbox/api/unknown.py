"""Addresses that no handler answers: unknown to Stripe, or known to it and not done here."""

from __future__ import annotations

import re

from donations.sandbox.api.description import load
from donations.sandbox.api.errors import ApiError

_HELP = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
_SLASH = (
    "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object,"
    " make sure you passed a valid (non-empty) identifier in your code."
)


def unknown_url(method: str, path: str) -> ApiError:
    """Stripe's 404, for a wrong method too: it answers none with 405."""
    if _is_stripes(method, path):
        return ApiError(f"The sandbox does not do {method} {path}.", status=404)
    hint = f"{_SLASH} " if path.endswith("/") else ""
    return ApiError(f"Unrecognized request URL ({method}: {path}). {hint}{_HELP}", status=404)


def _is_stripes(method: str, path: str) -> bool:
    return any(
        method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
        for template, operations in load()["paths"].items()
    )
