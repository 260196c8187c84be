"""References of checkouts as they come in addresses."""

from __future__ import annotations

import re
from typing import Final

_SHAPE: Final = re.compile("[A-Za-z0-9_-]{1,32}")


def is_reference(text: str) -> bool:
    """Whether it can be one; what cannot is never looked up (PostgreSQL refuses a NUL, for one)."""
    return _SHAPE.fullmatch(text) is not None
