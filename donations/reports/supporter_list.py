"""The list of supporters: who gives, how, and when last. Newest gift first.

Those who never paid stand by the day they first tried. Addresses stay sealed here; whoever shows
them opens and masks them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period, local_day
from donations.domain.standing import Standing
from donations.models import Donation, Subscription, Supporter
from donations.reports.filter_words import read_currency, read_frequency, read_period
from donations.reports.paging import PAGE_SIZE, Paged, Place


class Kind(StrEnum):
    """Every supporter is of exactly one of these, but for `all`."""

    ALL = "all"
    RECURRING = "recurring"
    FORMER = "former"
    ONCE = "once"
    NEVER = "never"


KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.ALL: "All supporters",
    Kind.RECURRING: "Recurring",
    Kind.FORMER: "Recurring, ended",
    Kind.ONCE: "One-time only",
    Kind.NEVER: "Never paid",
}


@dataclass(frozen=True, slots=True)
class SupporterFilters:
    kind: Kind = Kind.ALL
    standing: Standing | None = None
    currency: str | None = None
    frequency: Frequency | None = None
    last_gift: Period | None = None
    preset: str | None = None

    @property
    def are_any(self) -> bool:
        return self != SupporterFilters(preset=self.preset)

    def words(self) -> dict[str, str]:
        """As they would stand in an address; the period by its days."""
        chosen = {
            "kind": None if self.kind is Kind.ALL else self.kind,
            "standing": self.standing,
            "currency": self.currency,
            "frequency": self.frequency,
        }
        days = (
            {}
            if self.last_gift is None
            else {"from": str(self.last_gift.first), "to": str(self.last_gift.last)}
        )
        return days | {name: str(word) for name, word in chosen.items() if word}


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """One supporter in the list."""

    supporter: Supporter
    given: tuple[Money, ...]
    """Gross, each currency for itself."""
    last_gift_on: date | None
    recurring: tuple[Subscription, ...]
    """The gifts that go on; the one that ended last where none does."""


def read_supporter_filters(
    words: Mapping[str, str], as_of: datetime, zone: ZoneInfo
) -> tuple[SupporterFilters, tuple[str, ...]]:
    """The filters as understood, and a sentence for each word that was not."""
    problems: list[str] = []
    kind, standing = words.get("kind") or Kind.ALL, words.get("standing") or None
    if kind not in set(Kind):
        problems.append("We do not know that kind of supporter, so all are shown.")
    if standing is not None and standing not in set(Standing):
        problems.append("We do not know that standing, so all are shown.")
    preset, period = read_period(words, local_day(as_of, zone), problems)
    filters = SupporterFilters(
        kind=Kind(kind) if kind in set(Kind) else Kind.ALL,
        standing=Standing(standing) if standing in set(Standing) else None,
        currency=read_currency(words, problems),
        frequency=read_frequency(words, problems),
        last_gift=period,
        preset=preset,
    )
    return filters, tuple(problems)


def list_supporters(
    session: Session, filters: SupporterFilters, zone: ZoneInfo, asked_page: int
) -> Paged[SupporterLine]:
    """One page of them."""
    conditions = supporter_conditions(filters, zone)
    total = session.scalar(select(func.count()).select_from(Supporter).where(*conditions)) or 0
    place = Place.of(asked_page, total)
    rows = (
        select(Supporter, _LAST_GIFT_AT)
        .where(*conditions)
        .order_by(func.coalesce(_LAST_GIFT_AT, Supporter.created_at).desc(), Supporter.id.desc())
        .limit(PAGE_SIZE)
        .offset(place.offset)
    )
    found = session.execute(rows).all()
    ids = [supporter.id for supporter, _ in found]
    given, recurring = _given(session, ids), _recurring(session, ids)
    lines = (
        SupporterLine(
            supporter,
            tuple(given[supporter.id]),
            local_day(last_at, zone) if last_at else None,
            recurring[supporter.id],
        )
        for supporter, last_at in found
    )
    return Paged(tuple(lines), place)


# A subquery for each supporter is one look into an index; grouping all donations is not.
_LAST_GIFT_AT: Final = (
    select(func.max(Donation.charged_at))
    .where(Donation.supporter_id == Supporter.id)
    .correlate(Supporter)
    .scalar_subquery()
)
_HAS_GIVEN: Final = exists().where(Donation.supporter_id == Supporter.id)


def _has_subscription(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Subscription.supporter_id == Supporter.id, *conditions)


def _of_kind(kind: Kind) -> ColumnElement[bool]:
    paid = Subscription.first_paid_at.is_not(None)
    goes_on = _has_subscription(paid, Subscription.ended_at.is_(None))
    ever = _has_subscription(paid)
    match kind:
        case Kind.RECURRING:
            return goes_on
        case Kind.FORMER:
            return and_(ever, ~goes_on)
        case Kind.ONCE:
            return and_(_HAS_GIVEN, ~ever)
        case Kind.NEVER:
            return and_(~_HAS_GIVEN, ~ever)
        case Kind.ALL:
            return true()


def supporter_conditions(filters: SupporterFilters, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """What the filters leave, for a query of supporters."""
    conditions = [] if filters.kind is Kind.ALL else [_of_kind(filters.kind)]
    if filters.standing is not None:
        conditions.append(_has_subscription(Subscription.standing == filters.standing))
    if filters.currency is not None:
        conditions.append(
            or_(
                exists().where(Donation.supporter_id == Supporter.id, Donation.currency == filters.currency),
                _has_subscription(Subscription.currency == filters.currency),
            )
        )
    if filters.frequency is not None:
        conditions.append(
            or_(
                exists().where(
                    Donation.supporter_id == Supporter.id, Donation.frequency == filters.frequency
                ),
                _has_subscription(Subscription.frequency == filters.frequency),
            )
        )
    if filters.last_gift is not None:
        begins, ends = filters.last_gift.bounds(zone)
        conditions.append(and_(begins <= _LAST_GIFT_AT, ends > _LAST_GIFT_AT))
    return conditions


def _given(session: Session, ids: list[int]) -> defaultdict[int, list[Money]]:
    sums = session.execute(
        select(Donation.supporter_id, Donation.currency, func.sum(Donation.amount))
        .where(Donation.supporter_id.in_(ids))
        .group_by(Donation.supporter_id, Donation.currency)
        .order_by(Donation.currency)
    )
    given: defaultdict[int, list[Money]] = defaultdict(list)
    for supporter_id, currency, amount in sums:
        given[supporter_id].append(Money(int(amount), currency))
    return given


def _recurring(session: Session, ids: list[int]) -> defaultdict[int, tuple[Subscription, ...]]:
    newest_first = (
        select(Subscription)
        .where(Subscription.supporter_id.in_(ids))
        .order_by(Subscription.started_at.desc(), Subscription.id.desc())
    )
    all_of: defaultdict[int, list[Subscription]] = defaultdict(list)
    for subscription in session.scalars(newest_first):
        all_of[subscription.supporter_id].append(subscription)
    shown: defaultdict[int, tuple[Subscription, ...]] = defaultdict(tuple)
    for supporter_id, gifts in all_of.items():
        going_on = [gift for gift in gifts if gift.ended_at is None]
        shown[supporter_id] = tuple(going_on or [max(gifts, key=_ended_at)])
    return shown


def _ended_at(gift: Subscription) -> datetime:
    return gift.ended_at or gift.started_at


def find_supporters(session: Session, references: Collection[str]) -> tuple[Supporter, ...]:
    """Those that these references name."""
    return tuple(session.scalars(select(Supporter).where(Supporter.reference.in_(references))))
