"""How many gifts there were of each amount, by day and by month: what a median is found from."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from donations.models.base import Base
from donations.models.rollups.keys import Amount, Currency, Day, OfDay, Sum, Word, Zone


class _Amounts:
    """Donations by the day of the charge, wherever they came from. Givers choose among few amounts."""

    currency: Mapped[Currency]
    frequency: Mapped[Word]
    amount: Mapped[Amount]
    """Of one gift, in minor units."""
    donations: Mapped[Sum]


class DayAmount(OfDay, _Amounts, Base):
    __tablename__ = "day_amount"


class MonthAmount(_Amounts, Base):
    """By month, as it is known now: years at once are few lines. `month` is its first day."""

    __tablename__ = "month_amount"

    zone: Mapped[Zone]
    month: Mapped[Day]
