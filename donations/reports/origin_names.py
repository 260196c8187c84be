"""The campaigns, articles and placements that gifts came from: what filters can offer."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.models import Origin
from donations.reports.filters import Filter

MOST_NAMES: Final = 200
"""Of each; a list that is longer helps nobody choose."""


def known_origins(session: Session) -> dict[Filter, tuple[str, ...]]:
    """The first of each by the alphabet."""
    columns = {
        Filter.CAMPAIGN: Origin.campaign,
        Filter.ARTICLE: Origin.article,
        Filter.PLACEMENT: Origin.placement,
    }
    return {
        name: tuple(
            session.scalars(select(column).where(column != "").distinct().order_by(column).limit(MOST_NAMES))
        )
        for name, column in columns.items()
    }
