"""The look of Stripe's ids: what may be put into the path of a call, or into a row."""

from __future__ import annotations

import re
from typing import Final

_OBJECT_ID: Final = re.compile(r"[A-Za-z0-9_]{1,255}")
_EVENT_ID: Final = re.compile(r"evt_[A-Za-z0-9_]{1,251}")


def is_object_id(text: object) -> bool:
    return isinstance(text, str) and _OBJECT_ID.fullmatch(text) is not None


def is_event_id(text: object) -> bool:
    return isinstance(text, str) and _EVENT_ID.fullmatch(text) is not None
