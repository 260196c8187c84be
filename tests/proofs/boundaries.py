"""Where a process can be killed: around every commit, every call to Stripe, every letter and wake-up.

The application knows nothing of it: what it is handed is wrapped, and SQLAlchemy tells of transactions.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event

from donations.emails.mailer import Mailer

_READ_ONLY = "donations_read_only"


@dataclass
class Boundaries:
    """Names what this process passes, and kills it: no handler runs and nothing is flushed."""

    kill_at: int | tuple[str, ...] | None = None
    """At the n-th, from 1; or where these were passed last, one after the other."""
    tell: Callable[[str], object] | None = None
    """Hears the name of each before anything happens there."""
    passed: list[str] = field(default_factory=list, init=False)
    _one_at_a_time: Lock = field(default_factory=Lock, init=False)
    """A worker has many threads: two that pass at once would step over the n-th."""

    def cross(self, name: str) -> None:
        with self._one_at_a_time:
            self.passed.append(name)
            if self.tell is not None:
                self.tell(name)
            if self._is_the_end():
                os.kill(os.getpid(), signal.SIGKILL)

    def _is_the_end(self) -> bool:
        if isinstance(self.kill_at, tuple):
            return tuple(self.passed[-len(self.kill_at) :]) == self.kill_at
        return len(self.passed) == self.kill_at

    def watch(self, engine: Engine) -> None:
        """Every transaction that may write. What only reads leaves nothing half done."""

        def on_commit(connection: Connection) -> None:
            if connection.get_execution_options().get(_READ_ONLY, False):
                connection.info[_READ_ONLY] = True
            else:
                self.cross("before commit")

        def on_checkin(_connection: object, record: Any) -> None:
            if not record.info.pop(_READ_ONLY, False):
                self.cross("after commit")

        event.listen(engine, "commit", on_commit)
        event.listen(engine, "checkin", on_checkin)


class WatchedGateway:
    """A gateway, with a boundary before and after each of its calls."""

    def __init__(self, gateway: object, boundaries: Boundaries) -> None:
        self._gateway, self._boundaries = gateway, boundaries

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._gateway, name)

        def watched(*given: Any, **named: Any) -> Any:
            self._boundaries.cross(f"before {name}")
            answer = call(*given, **named)
            self._boundaries.cross(f"after {name}")
            return answer

        return watched


@dataclass(frozen=True)
class WatchedMailer:
    """A mailer, with a boundary before and after each letter."""

    mailer: Mailer
    boundaries: Boundaries

    def send(self, message: EmailMessage) -> None:
        self.boundaries.cross(f"before letter {message['Message-ID']}")
        self.mailer.send(message)
        self.boundaries.cross(f"after letter {message['Message-ID']}")
