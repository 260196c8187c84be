"""Columns that several rollups are keyed by."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

Zone = Annotated[str, mapped_column(String(32), primary_key=True, sort_order=-10)]
Day = Annotated[date, mapped_column(primary_key=True, sort_order=-9)]
Currency = Annotated[str, mapped_column(String(3), primary_key=True, sort_order=-8)]
Word = Annotated[str, mapped_column(String(32), primary_key=True, sort_order=-7)]
"""A value of one of our enumerations; empty for none."""
OriginId = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-6)]
"""Of the origin; 0 for gifts without one."""
Amount = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-5)]
Sum = Annotated[int, mapped_column(BigInteger, default=0)]

NO_DAY = date(1, 1, 1)
"""Where a day is part of a key and there is none."""


class OfDay:
    """What happened on a day of a zone, as it became known."""

    zone: Mapped[Zone]
    day: Mapped[Day]
    known_on: Mapped[Day]
