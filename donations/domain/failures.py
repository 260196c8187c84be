"""Payments of recurring gifts that fail, and how long is given to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

TIME_TO_RECOVER: Final = timedelta(days=30)
"""Recovered within it, a payment counts as saved; before it is over, nobody can say."""


def first_pending_day(today: date) -> date:
    """Payments that first failed on this day or later may still recover in time."""
    return today - TIME_TO_RECOVER
