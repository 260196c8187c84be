"""How often something was tried in a window of time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base


class Throttle(Base):
    """Who tried is an HMAC: neither an address nor a network can be read from it."""

    __tablename__ = "throttle"
    __table_args__ = (CheckConstraint("tries > 0", "tries_is_positive"),)

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    window_ends_at: Mapped[datetime]
    tries: Mapped[int]
