"""The steps towards a gift by day are what visits and checkouts say, in every zone, however they came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.conversion import Step
from donations.domain.periods import local_day
from donations.models import Checkout, Supporter, VisitHour
from donations.models.database import db, reading, writing
from donations.models.rollups import DayStep, RollupState
from donations.runtime import current
from donations.services import rollups
from donations.services.rollups.steps import count_checkouts, count_visits
from donations.services.rollups.target import Targets, zones_of
from donations.services.visits import Visit, record_visits
from tests import factories

ZONE = factories.ZONE
# Midnight in Moscow and in Amsterdam lies around it, and Amsterdam's clocks change that night.
AROUND = datetime(2026, 10, 24, 20, tzinfo=UTC)
Steps = Counter[tuple[str, str, str, str, str, str, str]]


@dataclass(frozen=True)
class Tried:
    """A checkout as a test wants it."""

    at: datetime
    campaign: str | None
    is_paid: bool
    is_later: bool = False


INSTANTS = st.integers(0, 90).map(lambda quarters: AROUND + timedelta(minutes=20 * quarters))
CAMPAIGNS = st.sampled_from([None, "spring"])
TRIED = st.builds(Tried, INSTANTS, CAMPAIGNS, st.booleans(), st.booleans())
VISITS = st.builds(
    Visit,
    INSTANTS.map(lambda at: at.replace(minute=0)),
    st.sampled_from([Step.APPEAL, Step.SUPPORT]),
    CAMPAIGNS.map(lambda name: name or ""),
    variant=st.sampled_from(["", "b"]),
)


def expected(visits: Mapping[Visit, int], tried: list[Tried]) -> Steps:
    """The obvious way: one after the other."""
    found: Steps = Counter()
    for zone in zones_of(ZONE):
        for visit, number in visits.items():
            names = (visit.campaign, visit.article, visit.placement, visit.variant)
            found[(zone.key, str(local_day(visit.hour_at, zone)), visit.step.value, *names)] += number
        for each in tried:
            day = str(local_day(each.at, zone))
            if not each.is_later:
                found[(zone.key, day, "checkout", each.campaign or "", "", "", "")] += 1
                found[(zone.key, day, "paid", each.campaign or "", "", "", "")] += each.is_paid
    return +found


def kept(session: Session) -> Steps:
    rows = session.scalars(select(DayStep))
    return Counter(
        {
            (r.zone, str(r.day), r.step.value, r.campaign, r.article, r.placement, r.variant): r.number
            for r in rows
        }
    )


def try_to_give(session: Session, supporter: Supporter, tried: Tried) -> Checkout:
    """Opened first, and paid in a later step, as it is."""
    row = factories.make_checkout(
        session,
        supporter,
        at=tried.at,
        campaign=tried.campaign,
        first_charge_at=tried.at + timedelta(days=30) if tried.is_later else None,
    )
    session.flush()
    if tried.is_paid:
        row.status, row.ended_at = CheckoutStatus.PAID, tried.at
        session.flush()
    return row


@pytest.fixture
def supporter(app: Flask) -> Supporter:
    with writing() as session:
        session.execute(update(RollupState).values(zones=",".join(zone.key for zone in zones_of(ZONE))))
        return factories.make_supporter(session, current().vault)


def build_anew(session: Session) -> None:
    """As a rebuild does, in place."""
    session.execute(delete(DayStep))
    for zone in zones_of(ZONE):
        for count in (count_visits, count_checkouts):
            count(session, Targets.themselves(), zone, None)


@contextmanager
def undone() -> Iterator[Session]:
    """A transaction that leaves nothing behind, so that one database serves many examples."""
    with db.sessionmaker() as session:
        yield session
        session.rollback()


@given(visits=st.dictionaries(VISITS, st.integers(1, 5), max_size=8), tried=st.lists(TRIED, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_is_counted_the_same_at_once_bit_by_bit_and_by_hand(
    supporter: Supporter, visits: dict[Visit, int], tried: list[Tried]
) -> None:
    with undone() as session:
        for visit, number in visits.items():
            for _ in range(number):
                record_visits(session, {visit: 1}, {"spring"})
            rollups.refresh(session, ZONE, factories.NOON)
        for each in tried:
            try_to_give(session, supporter, each)
        rollups.refresh(session, ZONE, factories.NOON)
        bit_by_bit = kept(session)
        build_anew(session)

        assert bit_by_bit == expected(visits, tried)
        assert kept(session) == bit_by_bit


@given(tried=st.lists(TRIED, min_size=1, max_size=6), gone=st.integers(1, 6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_checkouts_that_are_deleted_leave_their_count(
    supporter: Supporter, tried: list[Tried], gone: int
) -> None:
    with undone() as session:
        keys = [try_to_give(session, supporter, each).id for each in tried]
        session.execute(delete(Checkout).where(Checkout.id.in_(keys[:gone])))
        rollups.refresh(session, ZONE, factories.NOON)
        after = kept(session)
        build_anew(session)

        assert after == expected({}, tried)
        assert kept(session) == after


def test_a_refresh_touches_only_days_that_there_is_news_of(app: Flask, supporter: Supporter) -> None:
    days_ago = Visit(AROUND - timedelta(days=9), Step.SUPPORT)
    with writing() as session:
        record_visits(session, {days_ago: 1}, set())
        rollups.refresh(session, ZONE, factories.NOON)
        session.execute(text("UPDATE day_step SET number = 77"))

    with writing() as session:
        record_visits(session, {Visit(AROUND, Step.SUPPORT): 1}, set())
        rollups.refresh(session, ZONE, factories.NOON)

    with reading() as session:
        assert sorted(kept(session).values()) == [1, 1, 1, 77, 77, 77]
        assert session.scalars(select(VisitHour.number)).all() == [1, 1]


def test_hours_fall_on_the_day_that_they_are_part_of(app: Flask, supporter: Supporter) -> None:
    with writing() as session:
        record_visits(session, {Visit(AROUND + timedelta(hours=1), Step.SUPPORT): 1}, set())
        rollups.refresh(session, ZONE, factories.NOON)

    with reading() as session:
        days = {row.zone: row.day.day for row in session.scalars(select(DayStep))}
    assert days == {"Europe/Amsterdam": 24, "Europe/Moscow": 25, "UTC": 24}
    assert local_day(AROUND + timedelta(hours=1), ZoneInfo("Europe/Moscow")).day == 25
