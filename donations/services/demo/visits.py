"""The visits that led to the checkouts of a history, and the checkouts that are kept no longer.

Only the last months have them: a newspaper begins to count visits when it has long been asking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.conversion import Step
from donations.models import Checkout
from donations.models.sql_time import local_day
from donations.services.demo.lives import ATTEMPTS_KEPT
from donations.services.demo.plan import DemoPlan
from donations.services.visits import Visit, record_visits

COUNTED_FOR: Final = timedelta(days=396)
_AT_ONCE: Final = 1_000
_KEPT_FOR: Final = timedelta(seconds=ATTEMPTS_KEPT)
_AWAKE: Final = (6, 21)
"""Hours of UTC."""


def write_visits(session: Session, plan: DemoPlan, first_checkout: int) -> int:
    """For the checkouts from that key on. Returns how many rows of hours it made."""
    visits = _visits(session, plan, first_checkout)
    names = {visit.campaign for visit in visits}
    some = list(visits.items())
    for start in range(0, len(some), _AT_ONCE):
        record_visits(session, dict(some[start : start + _AT_ONCE]), names)
    return len(some)


def _visits(session: Session, plan: DemoPlan, first_checkout: int) -> Counter[Visit]:
    found: Counter[Visit] = Counter()
    for day, names, opened in _opened(session, plan, first_checkout):
        random = Random(f"{plan.seed}/{day}/{names}")  # noqa: S311  # Made up, and the same each time.
        campaign, article, placement, variant = names
        at = datetime.combine(day, time(random.randint(*_AWAKE)), tzinfo=UTC)
        came = round(opened * random.uniform(8, 22)) + 1
        found[Visit(at, Step.SUPPORT, campaign, article, placement, variant)] += came
        if day < (plan.until - _KEPT_FOR - timedelta(days=1)).date():
            gave_up = round(opened * random.uniform(0.4, 1.3))
            found[Visit(at, Step.CHECKOUT, campaign, article, placement, variant)] += gave_up
        if article:
            found[Visit(at, Step.APPEAL, campaign, article)] += round(came * random.uniform(15, 40))
    return +found


def _opened(
    session: Session, plan: DemoPlan, first_checkout: int
) -> Iterator[tuple[date, tuple[str, ...], int]]:
    """How many checkouts were opened on a day of UTC, by where their readers came from."""
    columns = (Checkout.campaign, Checkout.article, Checkout.placement, Checkout.variant)
    names = [func.coalesce(column, "") for column in columns]
    day = local_day(Checkout.created_at, "UTC")
    query = (
        select(day, func.count(), *names)
        .where(
            Checkout.id >= first_checkout,
            Checkout.created_at >= plan.until - COUNTED_FOR,
            Checkout.first_charge_at.is_(None),
        )
        .group_by(day, *names)
    )
    return ((on, tuple(named), opened) for on, opened, *named in session.execute(query))
