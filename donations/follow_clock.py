"""The site's clock in development: as far ahead of real time as the sandbox's, which may be advanced.

Otherwise the sandbox would refuse to open a checkout whose `expires_at` it has left behind, and no
message that waits for a day would ever be due. Signatures and nonces stay with real time.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import requests

from donations.runtime import system_clock

_REMEMBERED_S: Final = 0.3
_TIMEOUT_S: Final = 0.5
_SHARE_OF_WAITING: Final = 0.2
"""An answer that was waited for, perhaps in vain, is remembered longer: most calls don't wait."""


class FollowingClock:
    """Tells real time and what the sandbox at `base_url` is ahead. Safe to share between threads.

    While the sandbox does not answer, it goes on from where it last was. It never goes back, not even
    when the sandbox is started anew with another clock.
    """

    def __init__(self, base_url: str, *, real: Callable[[], datetime] = system_clock) -> None:
        self._url = f"{base_url.rstrip('/')}/_sandbox/health"
        self._real = real
        self._ahead = 0
        self._ask_at: float | None = None
        self._asking = threading.Lock()

    def __call__(self) -> datetime:
        # Only the very first answer is worth waiting for while another thread asks.
        if self._asking.acquire(blocking=self._ask_at is None):
            try:
                self._ask_if_forgotten()
            finally:
                self._asking.release()
        return self._real() + timedelta(seconds=self._ahead)

    def _ask_if_forgotten(self) -> None:
        began = time.monotonic()
        if self._ask_at is not None and began < self._ask_at:
            return
        self._ahead = max(self._ahead, self._ask() or 0)
        ended = time.monotonic()
        self._ask_at = ended + max(_REMEMBERED_S, (ended - began) / _SHARE_OF_WAITING)

    def _ask(self) -> int | None:
        """How many seconds it is ahead, or None if it does not say.

        It tells whole seconds, as of some moment before the answer is here; so this is never too much,
        and the largest of several answers is right.
        """
        try:
            with requests.Session() as http:
                http.trust_env = False
                answer = http.get(self._url, timeout=_TIMEOUT_S)
                told: Any = answer.json() if answer.ok else None
        except (requests.RequestException, ValueError):
            return None
        now: Any = told.get("now") if isinstance(told, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        return now - math.floor(self._real().timestamp()) if isinstance(now, int) else None
