"""What charges came to on our balance, by day and by the currency of that balance."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from donations.models.base import Base
from donations.models.rollups.keys import Currency, OfDay, Sum, Word


class DaySettlement(OfDay, Base):
    """Amounts are minor units of `settlement_currency`, by the day of the charge."""

    __tablename__ = "day_settlement"

    settlement_currency: Mapped[Currency]
    currency: Mapped[Currency]
    frequency: Mapped[Word]
    source: Mapped[Word]
    payments: Mapped[Sum]
    settled: Mapped[Sum]
    fees: Mapped[Sum]
    net: Mapped[Sum]
