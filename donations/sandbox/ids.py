"""Ids that look like Stripe's: a prefix for the kind, then letters and digits without order."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTHS = {"cs_test": 58, "req": 14}


def new_id(prefix: str) -> str:
    return f"{prefix}_{_random(_LENGTHS.get(prefix, 24))}"


def new_secret(owner_id: str) -> str:
    """A client secret, which Stripe builds from the id of the object that it opens."""
    return f"{owner_id}_secret_{_random(25)}"


def _random(length: int) -> str:
    """From one draw for all letters: a year of renewals makes hundreds of thousands of ids."""
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in secrets.token_bytes(length))
