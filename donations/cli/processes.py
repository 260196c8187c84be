"""Child processes that start and stop together."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

_STOP_S: Final = 10


@dataclass
class Processes:
    """The children. When one ends, or we are asked to stop, all end."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])
    failed: str | None = None
    _asked_to_stop: threading.Event = field(default_factory=threading.Event)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        # A session of its own keeps the terminal's Ctrl-C from reaching the child before us.
        self.running[name] = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603

    def wait(self) -> None:
        """Return when one child has ended, or on Ctrl-C or SIGTERM."""
        while not self._asked_to_stop.wait(0.2):
            ended = self.ended()
            if ended is not None:
                self.failed = ended
                return

    def ended(self) -> str | None:
        return next((name for name, child in self.running.items() if child.poll() is not None), None)

    @contextmanager
    def stopped_at_the_end(self) -> Generator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            yield
        finally:
            self._stop()

    @property
    def is_asked_to_stop(self) -> bool:
        return self._asked_to_stop.is_set()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _stop(self) -> None:
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + _STOP_S
        for child in self.running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
