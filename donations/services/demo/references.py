"""Random names for rows, drawn with everything else: the same seed gives the same."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from random import Random


def draw_reference(random: Random) -> str:
    """Of the same form as `services.references` makes them; these can be guessed."""
    return urlsafe_b64encode(random.getrandbits(128).to_bytes(16, "big"))[:22].decode()
