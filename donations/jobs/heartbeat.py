"""Write down that this worker is alive, for those who watch over the work."""

from __future__ import annotations

import secrets
from datetime import datetime

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from donations import runtime
from donations.models.database import writing
from donations.services import tally, workers

log = structlog.get_logger("donations.jobs.heartbeat")


class Heartbeat:
    """Of one worker process, under a name made up at its start."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._worker = secrets.token_hex(8)
        self._started_at: datetime | None = None

    def beat(self) -> None:
        """Never raises for a database that is away: that nobody hears of it is what is to be seen."""
        try:
            with self._app.app_context():
                current = runtime.current()
                now = current.real_now()
                self._started_at = self._started_at or now
                with writing() as session:
                    workers.note_alive(session, self._worker, self._started_at, now)
                    tally.forget_old_hours(session, current.now())
        except SQLAlchemyError as error:
            log.warning("heartbeat_not_stored", error=type(error).__name__)
