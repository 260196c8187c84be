"""A rough check of an email address, as strict as Stripe's page is."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[^@\s.<>,;:\"()]+(\.[^@\s.<>,;:\"()]+)+")


def is_address(text: str) -> bool:
    return len(text) <= 512 and _ADDRESS.fullmatch(text) is not None
