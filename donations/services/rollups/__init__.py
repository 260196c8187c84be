"""Keep the sums that reports read: take in each fact once, and build them anew from the rows.

A trigger writes a line of news with every fact, in its own transaction, so nothing is forgotten and
nothing is added for what was rolled back. The worker takes the news in and deletes it, in one transaction.
Facts are added to sums by one statement each; where a row can change (a supporter, a recurring gift), what
it was is taken off the sums first. The same statements build everything anew.
"""

from donations.services.rollups.rebuild import (
    REBUILD_AT_MOST,
    Difference,
    RebuildOverdue,
    build,
    compare,
    put_in_place,
)
from donations.services.rollups.refresh import (
    MOST_NEWS,
    have_built_anew,
    is_any_news,
    is_built_for,
    refresh,
)
from donations.services.rollups.target import Targets, zones_of

__all__ = [
    "MOST_NEWS",
    "REBUILD_AT_MOST",
    "Difference",
    "RebuildOverdue",
    "Targets",
    "build",
    "compare",
    "have_built_anew",
    "is_any_news",
    "is_built_for",
    "put_in_place",
    "refresh",
    "zones_of",
]
