"""How those who began in one month fared in each later one."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from donations.models.base import Base
from donations.models.rollups.keys import Currency, Day, Sum, Zone


class CohortMonth(Base):
    """What moved in `month` for supporters whose first line in the ledger is of the month `cohort`.

    Both are first days of months. `known_on` is the day.
    """

    __tablename__ = "cohort_month"

    zone: Mapped[Zone]
    cohort: Mapped[Day]
    month: Mapped[Day]
    known_on: Mapped[Day]
    currency: Mapped[Currency]
    supporters: Mapped[Sum]
    supporters_in_currency: Mapped[Sum]
    annual: Mapped[Sum]
