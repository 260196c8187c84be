"""Random names for our rows, for addresses that nobody can guess."""

from __future__ import annotations

import secrets


def new_reference() -> str:
    """128 random bits as 22 letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(16)
