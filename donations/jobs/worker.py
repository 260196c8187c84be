"""The worker process: one thread that works, one that keeps the time, and this one that watches.

Several workers may run, on one machine or many: they share tickets by leases.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import structlog
from flask import Flask
from huey import Huey

from donations.jobs.heartbeat import Heartbeat
from donations.jobs.tallies import keep_storing
from donations.jobs.tasks import Jobs, register

log = structlog.get_logger("donations.jobs.worker")

_SIGNALS: Final = frozenset({signal.SIGINT, signal.SIGTERM})
_POLL_AT_MOST: Final = 0.2
"""Seconds between looks at an empty queue: a reader is waiting on the thanks page."""
_DUE_EVERY: Final = 2.0
_HEALTH_EVERY: Final = 10.0
_BEAT_EVERY: Final = 30.0
_GRACE: Final = 25
"""Seconds to finish the ticket in hand; what is cut short comes due again by itself."""
_TICK: Final = 0.1


class _Stop:
    """Set by a signal. A plain attribute, for a lock taken in a signal handler may never be given."""

    is_asked = False

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_asked = True


def run_worker(app: Flask, huey: Huey) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand. Call it from the main thread."""
    jobs = register(app, huey)
    consumer = huey.create_consumer(
        workers=1, initial_delay=0.05, max_delay=_POLL_AT_MOST, shutdown_timeout=_GRACE
    )
    stop = _Stop()
    store_the_rest = keep_storing(app)
    with _held_back(_SIGNALS):
        # The consumer sets handlers of its own that cut a running task short on SIGTERM.
        consumer.start()
        for number in _SIGNALS:
            signal.signal(number, stop.ask)
    log.info("worker_started")
    _watch(jobs, consumer.check_worker_health, Heartbeat(app), stop)
    consumer.stop(graceful=True)
    store_the_rest()
    huey.storage.close()
    log.info("worker_stopped")


def _watch(jobs: Jobs, check_health: object, heartbeat: Heartbeat, stop: _Stop) -> None:
    assert callable(check_health)
    due_at = health_at = beat_at = time.monotonic()
    while not stop.is_asked:
        now = time.monotonic()
        if now >= due_at:
            _wake_if_due(jobs)
            due_at = now + _DUE_EVERY
        if now >= health_at:
            check_health()
            health_at = now + _HEALTH_EVERY
        if now >= beat_at:
            heartbeat.beat()
            beat_at = now + _BEAT_EVERY
        time.sleep(_TICK)


def _wake_if_due(jobs: Jobs) -> None:
    try:
        jobs.wake_if_due()
    except Exception as error:  # noqa: BLE001 - the queue is away; it is looked for again in two seconds
        log.warning("wake_up_failed", error=type(error).__name__)


@contextmanager
def _held_back(signals: frozenset[signal.Signals]) -> Generator[None]:
    """Signals that come meanwhile are delivered afterwards, to whichever handler is set by then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
