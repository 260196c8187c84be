"""What the frame and the forms of each page need."""

from __future__ import annotations

from donations.web.readers.manage.forms import version_token
from donations.web.readers.manage.gate import find_reader
from donations.web.readers.nonce import new_token


def template_values() -> dict[str, object]:
    """Who reads the page, and what its forms are guarded by."""
    return {"reader": find_reader(), "fresh_nonce": _fresh_nonce, "version_token": version_token}


def _fresh_nonce() -> str:
    reader = find_reader()
    return new_token(reader.binding if reader else "")
