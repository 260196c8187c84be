"""What staff do with the books stands in the audit log, once, in the transaction of the act itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.audit import AuditAction
from donations.domain.money import Money
from donations.domain.offline import OfflineMethod
from donations.domain.rates import MonthRate
from donations.models import AuditEntry, Goal, StaffUser
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import goals, offline_gifts
from donations.services.goals import GoalWish
from donations.services.offline_gifts import OfflineGift
from donations.services.reference_rates import Recording, store
from tests.factories import NOON, ZONE, make_donation, make_refund_request, make_staff_user, make_supporter

Act = Callable[[Session, StaffUser], object]

WISH = GoalWish("Winter", "winter", Money(100_000, "eur"), date(2026, 11, 1), date(2026, 12, 31))
GIFT = OfflineGift(Money(125_050, "eur"), date(2026, 11, 20), OfflineMethod.BANK_TRANSFER)
RATES = (MonthRate(date(2026, 10, 1), "usd", 1_120_100, 20), MonthRate(date(2026, 10, 1), "gbp", 857_150))


def enters_a_gift(session: Session, by: StaffUser) -> None:
    supporter = make_supporter(session, current().vault, email="nina@example.com")
    for _ in range(2):
        offline_gifts.enter(session, supporter, GIFT, nonce="form", by=by.id, zone=ZONE, now=NOON)


def stores_rates(session: Session, by: StaffUser) -> None:
    for _ in range(2):
        store(session, RATES, Recording("eurofxref.csv", by.id, NOON, ZONE), replaces=False)


def sets_a_goal(session: Session, by: StaffUser) -> None:
    goals.add_goal(session, WISH, by=by.id, now=NOON)


def asks_for_a_refund(session: Session, by: StaffUser) -> None:
    donation = make_donation(session, make_supporter(session, current().vault))
    make_refund_request(session, donation, amount=2000, by=by)


ACTS: dict[Act, tuple[AuditAction, dict[str, object]]] = {
    enters_a_gift: (
        AuditAction.ENTER_OFFLINE_GIFT,
        {"amount": "€1,250.50", "method": "bank transfer", "received": "2026-11-20"},
    ),
    stores_rates: (AuditAction.STORE_RATES, {"added": 2, "replaced": 0, "table": "eurofxref.csv"}),
    sets_a_goal: (
        AuditAction.SET_GOAL,
        {"amount": "€1,000", "campaign": "winter", "from": "2026-11-01", "to": "2026-12-31"},
    ),
    asks_for_a_refund: (
        AuditAction.ASK_REFUND,
        {"amount": "€20", "given as": "requested by customer"},
    ),
}


def lines() -> list[AuditEntry]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_act_has_one_line_that_says_who_and_how_much(app: Flask, act: Act) -> None:
    with writing() as session:
        by = make_staff_user(session)
        act(session, by)

    (line,) = lines()
    action, details = ACTS[act]
    assert (line.action, line.staff_user_id) == (action, by.id)
    assert json.loads(line.details).items() >= details.items()
    assert "example.com" not in line.details


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_act_that_is_not_committed_leaves_no_line(app: Flask, act: Act) -> None:
    with writing() as session:
        act(session, make_staff_user(session))
        session.rollback()

    assert lines() == []


def test_each_change_of_a_goal_has_its_line_and_closing_a_closed_one_has_none(app: Flask) -> None:
    with writing() as session:
        goals.add_goal(session, WISH, by=None, now=NOON)
        goal = session.scalars(select(Goal)).one()
        goals.change_goal(session, goal.id, 1, replace(WISH, campaign="spring"), by=None, now=NOON)
        for on in (date(2026, 12, 1), date(2026, 12, 1), None):
            goals.close_goal(session, goal.id, goal.version, on, by=None, now=NOON)

    assert [line.action for line in lines()] == ["set_goal", "change_goal", "close_goal", "reopen_goal"]
    assert [json.loads(line.details)["campaign"] for line in lines()][1:] == ["spring"] * 3
