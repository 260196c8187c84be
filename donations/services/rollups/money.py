"""Money by day: what was given, what it cost, what was taken back, and what reached our balance."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.domain.adjustments import AdjustmentKind
from donations.models import Adjustment, Donation
from donations.models.rollups import (
    DayAmount,
    DayMoney,
    DayMoneyByOrigin,
    DaySettlement,
    MonthAmount,
    MonthMoney,
    MonthMoneyByOrigin,
)
from donations.models.sql_fees import fee_in_currency
from donations.models.sql_time import local_day, local_month
from donations.services.rollups.target import Facts, Ids, Targets, add


def add_donations(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """Gross, by the day of the charge."""
    facts = select(
        *_key(zone, Donation.charged_at, Donation.recorded_at),
        literal(1).label("donations"),
        Donation.amount.label("gross"),
    )
    _add_money(session, targets, _chosen(facts, Donation.id, ids))


def add_amounts(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """How many gifts of each amount, by the day of the charge."""
    facts = select(
        *_key(zone, Donation.charged_at, Donation.recorded_at),
        Donation.amount.label("amount"),
        literal(1).label("donations"),
    )
    chosen = _chosen(facts, Donation.id, ids).subquery()
    for model in (DayAmount, MonthAmount):
        add(session, targets[model], chosen)


def add_settlements(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """Fees and what reached our balance, once they are known, by the day of the charge."""
    learnt_at = func.coalesce(Donation.settlement_recorded_at, Donation.recorded_at)
    is_settled = Donation.fee_amount.is_not(None)
    fees = select(
        *_key(zone, Donation.charged_at, learnt_at),
        literal(1).label("settled_donations"),
        Donation.amount.label("settled_gross"),
        fee_in_currency().label("fees"),
    ).where(is_settled)
    _add_money(session, targets, _chosen(fees, Donation.id, ids))
    balance = select(
        *_key(zone, Donation.charged_at, learnt_at),
        Donation.settlement_currency.label("settlement_currency"),
        literal(1).label("payments"),
        Donation.settled_amount.label("settled"),
        Donation.fee_amount.label("fees"),
        Donation.net_amount.label("net"),
    ).where(is_settled)
    add(session, targets[DaySettlement], _chosen(balance, Donation.id, ids).subquery())


def add_adjustments(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """Refunds by the day of the refund, lost disputes by the day they were opened."""
    direction = case((Adjustment.amount > 0, 1), else_=-1)
    is_refund = Adjustment.kind == AdjustmentKind.REFUND
    facts = select(
        *_key(zone, Adjustment.occurred_at, Adjustment.recorded_at),
        case((is_refund, direction), else_=0).label("refunds"),
        case((is_refund, Adjustment.amount), else_=0).label("refunded"),
        case((is_refund, 0), else_=direction).label("disputes"),
        case((is_refund, 0), else_=Adjustment.amount).label("disputed"),
    ).join_from(Adjustment, Donation, Donation.id == Adjustment.donation_id)
    _add_money(session, targets, _chosen(facts, Adjustment.id, ids))


_ALL: Final = (DayMoney, DayMoneyByOrigin, MonthMoney, MonthMoneyByOrigin)


def _add_money(session: Session, targets: Targets, facts: Facts) -> None:
    for model in _ALL:
        add(session, targets[model], facts.subquery())


def _key(
    zone: ZoneInfo, happened_at: InstrumentedAttribute[Any], learnt_at: SQLColumnExpression[Any]
) -> tuple[ColumnElement[Any], ...]:
    return (
        literal(zone.key).label("zone"),
        local_day(happened_at, zone.key).label("day"),
        local_month(happened_at, zone.key).label("month"),
        local_day(learnt_at, zone.key).label("known_on"),
        Donation.currency.label("currency"),
        Donation.frequency.label("frequency"),
        Donation.source.label("source"),
        func.coalesce(Donation.origin_id, 0).label("origin_id"),
    )


def _chosen(facts: Facts, key: InstrumentedAttribute[int], ids: Ids) -> Facts:
    return facts if ids is None else facts.where(key.in_(ids))
