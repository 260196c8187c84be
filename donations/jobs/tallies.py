"""Store what a process has counted, every few seconds and when it ends, whatever else it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from donations import runtime
from donations.domain.counting import Counted, Job
from donations.models.database import writing
from donations.services import tally
from donations.services.tally import Tally

_EVERY_S: Final = 5.0
_PATIENCE_S: Final = 3.0

log = structlog.get_logger("donations.jobs.tallies")


def timed(counts: Tally, job: Job, work: Callable[[], int]) -> int:
    """Do it, and count that it was done, for how long, and whether it raised."""
    began = time.perf_counter()
    try:
        return work()
    except Exception:
        counts.add(Counted.JOBS_FAILED, job)
        raise
    finally:
        counts.add(Counted.JOBS, job)
        counts.add(Counted.JOB_TIME, job, round((time.perf_counter() - began) * 1_000_000))


def store(app: Flask) -> None:
    """Add what was counted to the database. What it will not take now is kept for the next time."""
    with app.app_context():
        current = runtime.current()
        counts = current.tally.take()
        if not counts:
            return
        try:
            with writing() as session:
                tally.record(session, counts, current.now())
        except SQLAlchemyError as error:
            current.tally.put_back(counts)
            log.warning("counts_not_stored", error=type(error).__name__)


def keep_storing(app: Flask) -> Callable[[], None]:
    """From now on, in a thread of its own. What is returned ends it, and stores the rest."""
    is_over = threading.Event()

    def run() -> None:
        while not is_over.wait(_EVERY_S):
            store(app)

    thread = threading.Thread(target=run, name="tallies", daemon=True)

    def end() -> None:
        is_over.set()
        thread.join(_PATIENCE_S)
        store(app)

    thread.start()
    return end
