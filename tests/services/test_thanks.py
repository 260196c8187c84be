"""The thank-you page is never wrong: not "received" too early, not "not paid" too late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.models import Checkout, StripeObject
from donations.models.database import db, writing
from donations.runtime import current
from donations.services import thanks
from donations.services.thanks import ThanksState, ThanksView
from tests import factories
from tests.factories import NOON, ZONE


def checkout(status: CheckoutStatus, **columns: object) -> Checkout:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault, email="nina@example.com")
        return factories.make_checkout(session, supporter, status=status, **columns)


def look(row: Checkout, *, since: int | None = None, at: datetime = NOON) -> ThanksView:
    with writing() as session:
        view = thanks.look(
            session, current().vault, row.reference, since=since, book=current().offers, zone=ZONE, now=at
        )
    assert view is not None
    return view


def note_look(*, applied: int, at: datetime) -> None:
    """What the worker leaves when it has looked at the session."""
    with writing() as session:
        ticket = session.scalars(select(StripeObject)).one()
        ticket.applied, ticket.looked_at = applied, at


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (CheckoutStatus.PAID, ThanksState.RECEIVED),
        (CheckoutStatus.PROCESSING, ThanksState.ON_ITS_WAY),
        (CheckoutStatus.OPEN, ThanksState.ON_ITS_WAY),
        (CheckoutStatus.UNPAID, ThanksState.NOT_PAID),
        (CheckoutStatus.EXPIRED, ThanksState.NOT_PAID),
        (CheckoutStatus.FAILED, ThanksState.NOT_PAID),
    ],
)
def test_each_status_is_told_as_it_is(app: Flask, status: CheckoutStatus, state: ThanksState) -> None:
    assert look(checkout(status)).state is state


def test_an_open_session_is_not_called_unpaid_before_it_was_looked_at_again(app: Flask) -> None:
    row = checkout(CheckoutStatus.OPEN)

    first = look(row)

    assert (first.state, first.look_again_at, first.is_marked) == (ThanksState.ON_ITS_WAY, 1, True)


def test_a_session_looked_at_after_the_reader_came_and_still_open_is_not_paid(app: Flask) -> None:
    row = checkout(CheckoutStatus.OPEN)
    generation = look(row).look_again_at
    note_look(applied=1, at=NOON)

    view = look(row, since=generation, at=NOON + timedelta(seconds=3))

    assert view.state is ThanksState.NOT_PAID
    assert view.stripe_url == row.stripe_url


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_a_look_found_since_the_page_was_asked_for_is_not_called_unpaid(app: Flask) -> None:
    """On SQLite the page and the worker cannot overlap: both begin as writers."""
    row = checkout(CheckoutStatus.OPEN)
    generation = look(row).look_again_at
    to_come = [True]

    @event.listens_for(db.engine, "before_cursor_execute")
    def the_worker_is_quicker(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if to_come and statement.startswith("SELECT stripe_object."):
            to_come.clear()
            with db.sessionmaker() as other, other.begin():
                other.execute(update(Checkout).values(status=CheckoutStatus.PAID))
                other.execute(update(StripeObject).values(applied=1, looked_at=NOON))

    view = look(row, since=generation, at=NOON + timedelta(seconds=3))

    assert to_come == []
    assert view.state is ThanksState.RECEIVED


def test_a_look_from_before_the_reader_came_proves_nothing(app: Flask) -> None:
    row = checkout(CheckoutStatus.OPEN)
    look(row)
    note_look(applied=1, at=NOON)

    assert look(row, at=NOON + timedelta(seconds=3)).state is ThanksState.ON_ITS_WAY


def test_an_old_address_with_an_old_look_is_looked_at_again(app: Flask) -> None:
    row = checkout(CheckoutStatus.OPEN)
    generation = look(row).look_again_at
    note_look(applied=1, at=NOON)

    view = look(row, since=generation, at=NOON + timedelta(minutes=5))

    assert (view.state, view.look_again_at) == (ThanksState.ON_ITS_WAY, 2)


def test_a_bank_that_is_confirming_is_never_called_unpaid(app: Flask) -> None:
    row = checkout(CheckoutStatus.PROCESSING)
    generation = look(row).look_again_at
    note_look(applied=1, at=NOON)

    view = look(row, since=generation)

    assert view.state is ThanksState.ON_ITS_WAY
    assert view.is_bank_confirming


def test_a_donation_that_came_before_its_session_is_received(app: Flask) -> None:
    row = checkout(CheckoutStatus.OPEN)
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault, email="nina@example.com")
        factories.make_donation(session, supporter, checkout=row)

    assert look(row).state is ThanksState.RECEIVED


def test_a_checkout_whose_answer_was_lost_is_on_its_way_and_marks_nothing(app: Flask) -> None:
    row = checkout(CheckoutStatus.OPENING, stripe_session_id=None, stripe_url=None)

    view = look(row)

    assert (view.state, view.is_marked) == (ThanksState.ON_ITS_WAY, False)


def test_the_next_charge_after_31_january_is_told_before_the_subscription_is_known(
    app: Flask,
) -> None:
    row = checkout(CheckoutStatus.PAID, frequency=Frequency.MONTHLY, at=NOON.replace(month=1, day=31))

    assert look(row).next_charge_on == date(2026, 2, 28)


def test_the_next_charge_is_the_subscriptions_own_when_it_is_known(app: Flask) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        subscription = factories.make_subscription(
            session, supporter, current_period_ends_at=NOON + timedelta(days=40)
        )
        row = session.get_one(Checkout, subscription.checkout_id)

    assert look(row).next_charge_on == date(2027, 1, 1)


def test_the_address_is_shown_masked(app: Flask) -> None:
    assert look(checkout(CheckoutStatus.PAID)).email_masked == "n***@…"


def test_an_unknown_reference_is_nothing(app: Flask) -> None:
    with writing() as session:
        assert (
            thanks.look(
                session, current().vault, "no-such", since=None, book=current().offers, zone=ZONE, now=NOON
            )
            is None
        )
