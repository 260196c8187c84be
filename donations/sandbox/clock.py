"""The sandbox's own clock: real time plus an offset that the controls may move forward.

Deliveries are signed with real time instead (`webhooks/signing.py`): the receiver compares with its own.
"""

from __future__ import annotations

import math
import threading
import time


class Clock:
    def __init__(self, offset: int = 0) -> None:
        self._offset = offset
        self._lock = threading.Lock()

    def now(self) -> int:
        """Unix time in whole seconds, as Stripe stamps its objects."""
        return int(time.time()) + self._offset

    def advance(self, seconds: int) -> int:
        with self._lock:
            self._offset += seconds
            return self._offset

    def move_to(self, moment: int) -> int:
        """Forward to an instant, or nowhere if it is past already. Returns the offset."""
        with self._lock:
            self._offset = max(self._offset, moment - math.floor(time.time()))
            return self._offset
