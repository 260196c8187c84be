"""Ids that look like Stripe's: a prefix for the kind, then letters and digits without order."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTHS = {"cs_test": 58, "req": 14}


def new_id(prefix: str) -> str:
    length = _LENGTHS.get(prefix, 24)
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"


def new_secret(owner_id: str) -> str:
    """A client secret, which Stripe builds from the id of the object that it opens."""
    return f"{owner_id}_secret_{''.join(secrets.choice(_ALPHABET) for _ in range(25))}"
