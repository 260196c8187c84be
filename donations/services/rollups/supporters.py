"""How each supporter gives, in which years, and what it came to."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import SmallInteger, String, and_, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.selectable import FromClause

from donations.domain.adjustments import AdjustmentKind
from donations.models import Adjustment, Donation, Movement, Subscription, Supporter
from donations.models.rollups import (
    GivingYears,
    LastGiftDay,
    OriginValue,
    SupporterGiving,
    SupporterKind,
    SupporterKinds,
    SupporterValue,
    SupporterYear,
)
from donations.models.sql_words import words_among
from donations.services.rollups.details import Detail, Totals
from donations.services.rollups.money import fee_in_currency
from donations.services.rollups.target import Facts, Ids, Targets


def renew_supporters(session: Session, targets: Targets, ids: Ids) -> None:
    """The lines of these supporters, in an order in which each may read the ones before."""
    for detail in (_GIVING, _YEARS, _VALUES):
        detail.renew(session, targets, ids)


def _giving(_targets: Targets, ids: Ids) -> Facts:
    given = _of(
        select(
            Donation.supporter_id,
            func.count().label("donations"),
            func.min(Donation.charged_on).label("first_on"),
            func.max(Donation.charged_on).label("last_on"),
            func.max(Donation.charged_at).label("last_at"),
        ).group_by(Donation.supporter_id),
        Donation.supporter_id,
        ids,
    ).subquery()
    pledged = _of(
        select(
            Subscription.supporter_id,
            func.sum(case((Subscription.ended_at.is_(None), 1), else_=0)).label("going_on"),
        )
        .where(Subscription.first_paid_at.is_not(None))
        .group_by(Subscription.supporter_id),
        Subscription.supporter_id,
        ids,
    ).subquery()
    brought_by = (
        select(Donation.origin_id)
        .where(Donation.supporter_id == Supporter.id)
        .order_by(Donation.charged_at, Donation.id)
        .limit(1)
        .correlate(Supporter)
        .scalar_subquery()
    )
    described = _described(ids).subquery()
    kind = case(
        (pledged.c.going_on > 0, SupporterKind.RECURRING.value),
        (pledged.c.going_on.is_not(None), SupporterKind.FORMER.value),
        (given.c.donations.is_not(None), SupporterKind.ONCE.value),
        else_=SupporterKind.NEVER.value,
    )
    rows = (
        select(
            Supporter.id.label("supporter_id"),
            kind.label("kind"),
            func.coalesce(given.c.donations, 0).label("donations"),
            given.c.first_on.label("first_on"),
            given.c.last_on.label("last_on"),
            func.coalesce(given.c.last_at, Supporter.created_at).label("seen_at"),
            func.coalesce(brought_by, 0).label("origin_id"),
            *(func.coalesce(described.c[name], "").label(name) for name in _DESCRIBED),
        )
        .outerjoin(given, given.c.supporter_id == Supporter.id)
        .outerjoin(pledged, pledged.c.supporter_id == Supporter.id)
        .outerjoin(described, described.c.supporter_id == Supporter.id)
    )
    return _of(rows, Supporter.id, ids)


_DESCRIBED: Final = ("currencies", "frequencies", "standings")


def _described(ids: Ids) -> Facts:
    """What a supporter's donations and recurring gifts are, as sets of words."""
    paid = select(
        Donation.supporter_id,
        Donation.currency,
        cast(Donation.frequency, String).label("frequency"),
        cast(null(), String).label("standing"),
    ).distinct()
    pledged = select(
        Subscription.supporter_id,
        Subscription.currency,
        cast(Subscription.frequency, String),
        cast(Subscription.standing, String),
    ).distinct()
    each = union_all(_of(paid, Donation.supporter_id, ids), _of(pledged, Subscription.supporter_id, ids))
    found = each.subquery()
    return select(
        found.c.supporter_id,
        words_among(found.c.currency).label("currencies"),
        words_among(found.c.frequency).label("frequencies"),
        words_among(found.c.standing).label("standings"),
    ).group_by(found.c.supporter_id)


def _years(targets: Targets, ids: Ids) -> Facts:
    year = cast(func.extract("year", Donation.charged_on), SmallInteger).label("year")
    gave = _of(select(Donation.supporter_id, year).distinct(), Donation.supporter_id, ids).subquery()
    giving = targets[SupporterGiving]
    by_year: Any = {"partition_by": gave.c.supporter_id, "order_by": gave.c.year}
    return select(
        gave.c.supporter_id.label("supporter_id"),
        gave.c.year.label("year"),
        func.coalesce(func.lag(gave.c.year).over(**by_year), 0).label("previous_year"),
        func.coalesce(func.lead(gave.c.year).over(**by_year), 0).label("next_year"),
        (giving.c.kind == SupporterKind.RECURRING).label("is_recurring"),
    ).join_from(gave, giving, giving.c.supporter_id == gave.c.supporter_id)


_SUMS: Final = ("donations", "gross", "fees", "refunded", "disputed", "annual")


def _values(targets: Targets, ids: Ids) -> Facts:
    is_refund = Adjustment.kind == AdjustmentKind.REFUND
    given = _facts(
        Donation.supporter_id,
        Donation.currency,
        donations=literal(1),
        gross=Donation.amount,
        fees=func.coalesce(fee_in_currency(), 0),
    )
    taken = _facts(
        Donation.supporter_id,
        Adjustment.currency,
        refunded=case((is_refund, Adjustment.amount), else_=0),
        disputed=case((is_refund, 0), else_=Adjustment.amount),
    ).join_from(Adjustment, Donation, Donation.id == Adjustment.donation_id)
    pledged = _facts(Movement.supporter_id, Movement.currency, annual=Movement.annual_amount)
    facts = union_all(
        _of(given, Donation.supporter_id, ids),
        _of(taken, Donation.supporter_id, ids),
        _of(pledged, Movement.supporter_id, ids),
    ).subquery()
    giving = targets[SupporterGiving]
    return (
        select(
            facts.c.supporter_id.label("supporter_id"),
            facts.c.currency.label("currency"),
            giving.c.origin_id.label("origin_id"),
            *(func.sum(facts.c[name]).label(name) for name in _SUMS),
        )
        .join_from(facts, giving, giving.c.supporter_id == facts.c.supporter_id)
        .group_by(facts.c.supporter_id, facts.c.currency, giving.c.origin_id)
    )


def _facts(supporter: InstrumentedAttribute[int], currency: InstrumentedAttribute[str], **sums: Any) -> Facts:
    """One line of the union: what is not named is nothing."""
    return select(
        supporter.label("supporter_id"),
        currency.label("currency"),
        *(sums.get(name, literal(0)).label(name) for name in _SUMS),
    )


def _of(rows: Facts, supporter: InstrumentedAttribute[int], ids: Ids) -> Facts:
    return rows if ids is None else rows.where(supporter.in_(ids))


def _one(lines: FromClause, *keys: str) -> Facts:
    return select(*(lines.c[key] for key in keys), literal(1).label("supporters"))


def _last_days(lines: FromClause) -> Facts:
    return _one(lines, "last_on", "kind").where(and_(lines.c.last_on.is_not(None)))


def _origin_values(lines: FromClause) -> Facts:
    return select(lines, literal(1).label("supporters"))


_GIVING: Final = Detail(
    SupporterGiving,
    "supporter_id",
    _giving,
    (Totals(LastGiftDay, _last_days), Totals(SupporterKinds, lambda lines: _one(lines, "kind", *_DESCRIBED))),
)
_YEARS: Final = Detail(
    SupporterYear,
    "supporter_id",
    _years,
    (Totals(GivingYears, lambda lines: _one(lines, "year", "previous_year", "next_year", "is_recurring")),),
)
_VALUES: Final = Detail(SupporterValue, "supporter_id", _values, (Totals(OriginValue, _origin_values),))
