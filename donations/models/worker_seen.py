"""Which workers are alive: each writes down from time to time that it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base


class WorkerSeen(Base):
    """One row a worker, named at random at its start. Real time, for the clock may be moved."""

    __tablename__ = "worker_seen"

    worker: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
