"""Random histories of visits, checkouts and gifts, and their figures reckoned the slow and obvious way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.checkouts import CheckoutStatus
from donations.domain.conversion import Step
from donations.domain.disputes import DisputeStatus
from donations.domain.gifts import Frequency
from donations.domain.movements import MovementKind
from donations.domain.periods import Period, local_day
from donations.models import Adjustment, Donation, Movement, Origin, Subscription, Supporter
from donations.reports.filters import Filters
from donations.services import origins, rollups
from donations.services.rollups.target import zones_of
from donations.services.visits import Visit, record_visits
from tests import factories

ZONE = factories.ZONE
FIRST, LAST = date(2026, 10, 24), date(2026, 10, 26)
BEGINS = datetime(2026, 10, 23, 18, tzinfo=UTC)
"""Around midnights of three zones, and Amsterdam's change of clocks on the 25th."""
NOW = datetime(2026, 10, 28, 12, tzinfo=UTC)

INSTANTS = st.integers(0, 80).map(lambda n: BEGINS + timedelta(minutes=67 * n))
CAMPAIGNS = st.sampled_from(["", "spring", "autumn"])
ARTICLES = st.sampled_from(["", "a1"])
VARIANTS = st.sampled_from(["", "a", "b"])


@dataclass(frozen=True)
class Given:
    """One gift and what became of it."""

    at: datetime
    who: int
    campaign: str
    article: str
    currency: str
    frequency: Frequency
    amount: int
    fee: int | None
    taken_back: str
    """"refund", "dispute" or nothing, two days later."""


GIVEN = st.builds(
    Given,
    INSTANTS,
    st.integers(0, 2),
    CAMPAIGNS,
    ARTICLES,
    st.sampled_from(["eur", "jpy"]),
    st.sampled_from(Frequency),
    st.integers(500, 9_999),
    st.one_of(st.none(), st.integers(1, 99)),
    st.sampled_from(["", "", "refund", "dispute"]),
)
VISIT = st.builds(
    Visit,
    INSTANTS.map(lambda at: at.replace(minute=0)),
    st.sampled_from([Step.APPEAL, Step.SUPPORT]),
    campaign=CAMPAIGNS,
    article=ARTICLES,
    placement=st.sampled_from(["", "header"]),
    variant=VARIANTS,
)
TRIED = st.tuples(INSTANTS, CAMPAIGNS, VARIANTS, st.booleans())
FILTERS = st.builds(
    lambda zone, **chosen: replace(usual(), zone=zone, is_usual_zone=zone == ZONE, **chosen),
    st.sampled_from(zones_of(ZONE)),
    currency=st.sampled_from([None, "eur"]),
    frequency=st.sampled_from([None, Frequency.ONCE, Frequency.MONTHLY]),
    campaign=st.sampled_from([None, None, "spring", ""]),
    article=st.sampled_from([None, None, "a1"]),
    known_on=st.sampled_from([None, LAST]),
)


def usual() -> Filters:
    return Filters(period=Period(FIRST, LAST), as_of=NOW, zone=ZONE)


@dataclass
class History:
    visits: Counter[Visit]
    tried: list[tuple[datetime, str, str, bool]]
    given: list[Given]


HISTORIES = st.builds(
    History,
    st.dictionaries(VISIT, st.integers(1, 9), max_size=8).map(Counter),
    st.lists(TRIED, max_size=6),
    st.lists(GIVEN, max_size=6),
)


def live(session: Session, history: History, people: list[Supporter]) -> None:
    record_visits(session, history.visits, {"spring", "autumn"})
    for at, campaign, variant, is_paid in history.tried:
        status = CheckoutStatus.PAID if is_paid else CheckoutStatus.OPEN
        columns = {"campaign": campaign or None, "variant": variant or None}
        factories.make_checkout(session, people[0], status=status, at=at, **columns)
    for each in history.given:
        give(session, each, people[each.who])
    while rollups.refresh(session, ZONE, NOW):
        pass


def give(session: Session, each: Given, supporter: Supporter) -> None:
    origin = origins.find_or_add(session, campaign=each.campaign, article=each.article)
    shared: dict[str, Any] = {"amount": each.amount, "currency": each.currency, "at": each.at}
    # A year before the period, so that its own checkout stands in no day that is looked at.
    long_ago = factories.make_checkout(session, supporter, at=each.at - timedelta(days=365))
    if each.frequency.is_recurring:
        subscription = factories.make_subscription(
            session, supporter, frequency=each.frequency, checkout=long_ago, origin_id=origin, **shared
        )
        factories.make_movement(session, subscription)
    donation = factories.make_donation(
        session, supporter, frequency=each.frequency, fee=each.fee, origin_id=origin, **shared
    )
    later = each.at + timedelta(days=2)
    if each.taken_back == "refund":
        factories.make_refund(session, donation, amount=each.amount // 2, at=later)
    elif each.taken_back == "dispute":
        factories.make_dispute(session, donation, status=DisputeStatus.LOST, at=later)


# The obvious way: each row of the base tables, one after the other.


def steps(history: History, filters: Filters, *names: str) -> dict[tuple[str, ...], Counter[Step]]:
    found: dict[tuple[str, ...], Counter[Step]] = defaultdict(Counter)
    all_visits = [*history.visits.items()]
    for at, campaign, variant, is_paid in history.tried:
        visit = Visit(at, Step.CHECKOUT, campaign=campaign, variant=variant)
        all_visits += [(visit, 1), (replace(visit, step=Step.PAID), int(is_paid))]
    for visit, number in all_visits:
        is_asked = (
            local_day(visit.hour_at, filters.zone) in filters.period
            and filters.campaign in {None, visit.campaign}
            and filters.article in {None, visit.article}
        )
        if is_asked and number:
            found[tuple(getattr(visit, name) for name in names)][visit.step] += number
    return dict(found)


def origin_of(session: Session, origin_id: int | None) -> tuple[str, str]:
    row = None if origin_id is None else session.get(Origin, origin_id)
    return ("", "") if row is None else (row.campaign, row.article)


def money(session: Session, filters: Filters) -> dict[tuple[str, str], list[int]]:
    """Donations, gross, fees, pending, refunded, disputed, a year's worth of new."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 7)
    for row, gift, happened_at, sums in facts(session):
        campaign, article = origin_of(session, gift.origin_id)
        if (
            local_day(happened_at, filters.zone) in filters.period
            and (filters.known_on is None or local_day(row.recorded_at, filters.zone) <= filters.known_on)
            and filters.currency in {None, row.currency}
            and filters.frequency in {None, gift.frequency}
            and filters.campaign in {None, campaign}
            and filters.article in {None, article}
        ):
            key = campaign, row.currency
            found[key] = [a + b for a, b in zip(found[key], sums, strict=True)]
    return {key: sums for key, sums in found.items() if any(sums)}


def facts(session: Session) -> Iterator[tuple[Any, Any, datetime, list[int]]]:
    """Each row, the gift that it is about, when it was so, and what it adds."""
    for row in session.scalars(select(Donation)):
        fee = row.fee_amount
        yield row, row, row.charged_at, [1, row.amount, fee or 0, fee is None, 0, 0, 0]
    for line in session.scalars(select(Adjustment)):
        sums = [0] * 7
        sums[4 if line.kind is AdjustmentKind.REFUND else 5] = line.amount
        yield line, session.get_one(Donation, line.donation_id), line.occurred_at, sums
    for move in session.scalars(select(Movement).where(Movement.kind == MovementKind.NEW)):
        pledge = session.get_one(Subscription, move.subscription_id)
        yield move, pledge, move.occurred_at, [0, 0, 0, 0, 0, 0, move.annual_amount]


def values(session: Session, filters: Filters) -> dict[tuple[str, str], list[int]]:
    """Supporters, gross, net and a year's worth alive, by the article of each supporter's first gift."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 4)
    for supporter in session.scalars(select(Supporter)):
        own = select(Donation).where(Donation.supporter_id == supporter.id)
        gifts = session.scalars(own.order_by(Donation.charged_at, Donation.id)).all()
        campaign, article = origin_of(session, gifts[0].origin_id) if gifts else ("", "")
        is_asked = filters.campaign in {None, campaign} and filters.article in {None, article}
        for currency in {gift.currency for gift in gifts if is_asked and article}:
            theirs = [gift for gift in gifts if gift.currency == currency]
            back = select(Adjustment.amount).where(Adjustment.donation_id.in_([gift.id for gift in theirs]))
            alive = select(Movement.annual_amount).where(
                Movement.supporter_id == supporter.id, Movement.currency == currency
            )
            gross = sum(gift.amount for gift in theirs)
            fees = sum(gift.fee_amount or 0 for gift in theirs)
            sums = (1, gross, gross - fees - sum(session.scalars(back)), sum(session.scalars(alive)))
            if filters.currency in {None, currency}:
                found[article, currency] = [
                    a + b for a, b in zip(found[article, currency], sums, strict=True)
                ]
    return dict(found)
