"""Count the pages that ask for support, without knowing who looks and without a write a page.

Each process counts for itself and adds what it has to the database every few seconds, after an
answer has gone out, and when it ends. A process that is killed takes those seconds with it.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final
from weakref import WeakSet

import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from donations.content.origins import KnownOrigins
from donations.domain.conversion import Step
from donations.models.database import writing
from donations.runtime import current
from donations.services.checkouts import Origin
from donations.services.visits import Visit, record_visits
from donations.web.readers.robots import is_read_by_a_person

FLUSH_EVERY_S: Final = 5.0
FLUSH_AFTER: Final = 500
_MOST_ROWS: Final = 1_000
"""While the database is away: from here on names that strangers may have made up are let go."""
_EXTENSION: Final = "donations_visits"

log = structlog.get_logger("donations.web.visits")


class VisitCounter:
    """What one process has counted and not stored yet. Safe to share between threads."""

    def __init__(self, known: KnownOrigins) -> None:
        self.known = known
        self.seconds: Callable[[], float] = time.monotonic
        self.storing = threading.Lock()
        """Held by the one who stores; nobody waits for it."""
        self._lock = threading.Lock()
        self._counts: Counter[Visit] = Counter()
        self._since_last = 0
        self._due_at = self.seconds() + FLUSH_EVERY_S

    def count(self, visit: Visit) -> None:
        """One more."""
        with self._lock:
            if len(self._counts) >= _MOST_ROWS and visit.campaign not in self.known.campaigns:
                visit = replace(visit, campaign="")
            self._counts[visit] += 1
            self._since_last += 1

    def is_due(self) -> bool:
        """Whether it is time to store what there is."""
        with self._lock:
            is_time = self._since_last >= FLUSH_AFTER or self.seconds() >= self._due_at
            return is_time and bool(self._counts)

    def take(self) -> Counter[Visit]:
        """All there is, which is the caller's to store now."""
        with self._lock:
            taken, self._counts, self._since_last = self._counts, Counter(), 0
            self._due_at = self.seconds() + FLUSH_EVERY_S
            return taken

    def put_back(self, counts: Counter[Visit]) -> None:
        """What could not be stored: for the next time."""
        with self._lock:
            self._counts.update(counts)


_COUNTING: Final[WeakSet[Flask]] = WeakSet()


def install_visits(app: Flask, known: KnownOrigins) -> None:
    """Let `count_visit` work in `app`. Any answer of Flask's, to a health check too, may store them."""
    app.extensions[_EXTENSION] = counter = VisitCounter(known)

    def store_if_due(response: Response) -> Response:
        if counter.is_due():
            # Not before the answer: the reader doesn't wait for this.
            response.call_on_close(lambda: store_visits(app))
        return response

    app.after_request(store_if_due)
    _COUNTING.add(app)


def count_visit(step: Step, origin: Origin) -> None:
    """The page of this request, unless a program asked for it or it is fetched ahead."""
    if not is_read_by_a_person(request):
        return
    counter = counter_of(current_app)
    hour_at = current().now().replace(minute=0, second=0, microsecond=0)
    counter.count(_visit(hour_at, step, origin, counter.known))


def store_visits(app: Flask) -> None:
    """Add what was counted to the database. What it will not take now is kept for the next time."""
    counter = counter_of(app)
    if not counter.storing.acquire(blocking=False):
        return
    try:
        counts = counter.take()
        if counts:
            _store(app, counter, counts)
    finally:
        counter.storing.release()


def _store(app: Flask, counter: VisitCounter, counts: Counter[Visit]) -> None:
    try:
        with app.app_context(), writing() as session:
            record_visits(session, counts, counter.known.campaigns)
    except SQLAlchemyError as error:
        counter.put_back(counts)
        log.warning("visits_not_stored", error=type(error).__name__, count=counts.total())


def _visit(hour_at: datetime, step: Step, origin: Origin, known: KnownOrigins) -> Visit:
    """Whether a campaign is known is asked when it is stored: one that has brought a gift is."""
    return Visit(
        hour_at,
        step,
        campaign=origin.campaign or "",
        article=_if_in(known.articles, origin.article),
        placement=_if_in(known.placements, origin.placement),
        variant=_if_in(known.variants, origin.variant),
    )


def _if_in(names: frozenset[str], name: str | None) -> str:
    return name if name in names else ""


def counter_of(app: Flask) -> VisitCounter:
    """The counter of this process."""
    counter = app.extensions[_EXTENSION]
    assert isinstance(counter, VisitCounter)
    return counter


@atexit.register
def _store_all() -> None:
    for app in tuple(_COUNTING):
        store_visits(app)
