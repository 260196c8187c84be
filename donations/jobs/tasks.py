"""The worker's tasks, wired to one application and one queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Final

import structlog
from flask import Flask
from huey import Huey, crontab
from sqlalchemy.exc import SQLAlchemyError

from donations import runtime
from donations.domain.counting import Job
from donations.emails.mailer import Mailer, mailer_for
from donations.jobs import (
    alert,
    drain,
    erase,
    link_requests,
    lost_answers,
    reconcile,
    refresh_rollups,
    refund_calls,
    send_messages,
    sweep,
    unanswered_changes,
    yearly_statements,
)
from donations.jobs.queue import Wakeup
from donations.jobs.reconcile import Pace
from donations.jobs.tallies import timed
from donations.models.database import db
from donations.runtime import Runtime

log = structlog.get_logger("donations.jobs")

_AT_ONCE: Final = 4
"""Tickets that one worker looks at at the same time: most of it is waiting for Stripe."""
_DUE_BY_ROWS: Final = (
    unanswered_changes, refund_calls, drain, erase, link_requests, send_messages,
    refresh_rollups, reconcile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Jobs:
    """What a worker can be asked to do now, from any thread."""

    app: Flask
    mailer: Mailer
    random: Random
    wake: Wakeup
    pace: Pace | None = field(default_factory=Pace)
    """How fast it compares with Stripe; None for a worker that leaves that to others."""

    def work(self) -> None:
        """Make the calls that are due, look at every due ticket, forget who asked for it, match who asked
        for a link, send what came of it, take it into the sums of the reports, and go on comparing with
        Stripe."""
        with self.app.app_context():
            running = runtime.current()
            is_more = [
                timed(running.tally, job, work) >= enough for job, work, enough in self._in_turn(running)
            ]
        if any(is_more):
            self.wake()

    def _in_turn(self, running: Runtime) -> tuple[tuple[Job, Callable[[], int], int], ...]:
        """Each with how much of it leaves more to be done."""
        random, mailer, pace = self.random, self.mailer, self.pace
        return (
            (
                Job.CHANGES,
                lambda: unanswered_changes.repeat_unanswered(running, random),
                unanswered_changes.MOST_PER_RUN,
            ),
            (Job.REFUNDS, lambda: refund_calls.repeat_unanswered(running, random), refund_calls.MOST_PER_RUN),
            (Job.TICKETS, lambda: drain.drain(running, random, threads=_threads()), drain.MOST_PER_RUN),
            # The gifts of those who were forgotten have ended, and are to be looked at.
            (Job.ERASURES, lambda: erase.run_erasures(running, random), 1),
            (Job.LINKS, lambda: link_requests.match_requests(running), link_requests.MOST_PER_RUN),
            (
                Job.LETTERS,
                lambda: send_messages.send_messages(running, mailer, random),
                send_messages.MOST_PER_RUN,
            ),
            (Job.SUMS, lambda: refresh_rollups.refresh_rollups(running), refresh_rollups.MOST_PER_RUN),
            # What a page found is looked at before the next.
            (Job.COMPARISON, lambda: 0 if pace is None else reconcile.carry_on(running, pace, random), 1),
        )

    def sweep(self) -> None:
        """Find what was lost, and do it; tell whom it concerns what does not go on by itself."""
        with self.app.app_context():
            running = runtime.current()
            found = timed(running.tally, Job.SWEEP, lambda: self._find_lost(running))
            alert.tell(running, self.mailer)
        if found:
            log.info("swept", count=found)
        self.work()

    def _find_lost(self, running: Runtime) -> int:
        overdue = sweep.mark_overdue_checkouts(running)
        found = lost_answers.find_lost_answers(running)
        link_requests.purge(running)
        yearly_statements.order_statements(running)
        if self.pace is not None:
            reconcile.open_due(running)
        return overdue + found

    def wake_if_due(self) -> bool:
        """Wake the worker where a wake-up was lost, or something that was put off has come due."""
        try:
            with self.app.app_context():
                current = runtime.current()
                is_due = any(job.is_any_due(current) for job in _DUE_BY_ROWS)
            if is_due:
                self.wake()
        except SQLAlchemyError as error:
            log.warning("due_work_unknown", error=type(error).__name__)
            return False
        return is_due


def _threads() -> int:
    """SQLite likes one writer."""
    return 1 if db.engine.dialect.name == "sqlite" else _AT_ONCE


def register(app: Flask, huey: Huey, random: Random | None = None) -> Jobs:
    """Give the queue's tasks their bodies. Once for each queue, in the worker."""
    with app.app_context():
        mailer = mailer_for(runtime.current().config.mail_url)
    jobs = Jobs(app, mailer, random or SystemRandom(), Wakeup(huey))
    jobs.wake.register(jobs.work)
    _every_minute(huey, jobs.sweep)
    return jobs


def _every_minute(huey: Huey, run: Callable[[], None]) -> None:
    def sweep() -> None:
        run()

    huey.periodic_task(crontab(), name="sweep")(sweep)
