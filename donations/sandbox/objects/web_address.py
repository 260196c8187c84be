"""Addresses that a parameter names, to which a reader will be sent back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from donations.sandbox.api.errors import invalid


def check_address(given: dict[str, Any], name: str, inside: str = "") -> None:
    """Raises Stripe's 400 for what is no absolute web address. Absent and unset are fine."""
    url: str | None = given.get(name)
    if url is None:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise invalid("Not a valid URL", f"{inside}[{name}]" if inside else name, "url_invalid")
