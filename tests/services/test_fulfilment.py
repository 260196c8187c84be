"""What an attempt becomes, and what is kept of its reader once it is paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
from flask import Flask

from donations.domain.checkouts import CheckoutStatus
from donations.models import Checkout, Supporter
from donations.models.database import db, reading, writing
from donations.models.vault import Place
from donations.runtime import current
from donations.services import checkouts, fulfilment, supporters
from tests import factories
from tests.databases import impatient
from tests.factories import NOON

LATER = NOON + timedelta(minutes=5)
GOING = {CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.PROCESSING}


@pytest.fixture
def checkout(app: Flask) -> Checkout:
    """Open, with a name and a wish for the newsletter, in Russian."""
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault, name="Before")
        row = factories.make_checkout(session, supporter, wants_newsletter=True, locale="ru")
        key = supporters.data_key_of(supporter, current().vault)
        row.name_sealed = checkouts.seal_name(key, row.reference, "Nina Petrova")
        return row


def change(checkout: Checkout, **columns: object) -> None:
    with writing() as session:
        row = session.get_one(Checkout, checkout.id)
        for name, value in columns.items():
            setattr(row, name, value)


def pay(checkout: Checkout) -> bool:
    with writing() as session:
        return fulfilment.mark_paid(session, session.get_one(Checkout, checkout.id), current().vault, LATER)


def agree(checkout: Checkout) -> bool:
    with writing() as session:
        return fulfilment.mark_agreed(session, session.get_one(Checkout, checkout.id), LATER)


def row(checkout: Checkout) -> Checkout:
    with reading() as session:
        return session.get_one(Checkout, checkout.id)


def kept(checkout: Checkout) -> tuple[str | None, str | None, bool]:
    """Of the supporter: name, language, and whether they want the newsletter."""
    with reading() as session:
        supporter = session.get_one(Supporter, checkout.supporter_id)
        key = supporters.data_key_of(supporter, current().vault)
        sealed = supporter.name_sealed
        place = Place("supporter", supporter.reference, "name_sealed")
        name = None if sealed is None else key.open(sealed, place)
        return name, supporter.language, supporter.wants_newsletter


@pytest.mark.parametrize("status", list(CheckoutStatus))
def test_an_attempt_has_an_end_unless_it_is_still_going(checkout: Checkout, status: CheckoutStatus) -> None:
    with writing() as session:
        attempt = session.get_one(Checkout, checkout.id)
        attempt.status = CheckoutStatus.OPENING

        assert fulfilment.advance(attempt, status, LATER)
        assert (attempt.status, attempt.ended_at) == (status, None if status in GOING else LATER)
        assert fulfilment.advance(attempt, status, LATER + timedelta(days=1))
        assert attempt.ended_at == (None if status in GOING else LATER)


def test_what_has_ended_stays_so(checkout: Checkout) -> None:
    change(checkout, status=CheckoutStatus.EXPIRED, ended_at=NOON)
    before = kept(checkout)

    assert (pay(checkout), agree(checkout)) == (False, False)
    assert (row(checkout).status, row(checkout).ended_at) == (CheckoutStatus.EXPIRED, NOON)
    assert kept(checkout) == before


def test_with_the_money_the_name_the_language_and_the_wish_are_kept(checkout: Checkout) -> None:
    assert pay(checkout)

    assert (row(checkout).status, row(checkout).ended_at) == (CheckoutStatus.PAID, LATER)
    assert kept(checkout) == ("Nina Petrova", "ru", True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", [pay, agree])
def test_another_payment_of_the_same_supporter_that_is_being_recorded_is_not_waited_for(
    checkout: Checkout, act: Callable[[Checkout], bool]
) -> None:
    """Its row refers to the supporter. Would each wait for the other's, neither came to an end."""
    with db.sessionmaker() as other, other.begin():
        factories.make_donation(other, other.get_one(Supporter, checkout.supporter_id))
        with impatient():
            assert act(checkout)


def test_what_was_changed_after_it_was_paid_is_not_taken_back_by_the_same_news(checkout: Checkout) -> None:
    pay(checkout)
    with writing() as session:
        supporter = session.get_one(Supporter, checkout.supporter_id)
        supporters.rename(supporter, current().vault, "Nina Orlova")
        supporter.wants_newsletter = False

    assert pay(checkout)
    assert kept(checkout) == ("Nina Orlova", "ru", False)


def test_no_name_and_no_wish_take_nothing_away(checkout: Checkout) -> None:
    change(checkout, name_sealed=None, wants_newsletter=False)
    with writing() as session:
        session.get_one(Supporter, checkout.supporter_id).wants_newsletter = True

    assert pay(checkout)

    assert kept(checkout) == ("Before", "ru", True)


def test_of_somebody_who_was_erased_the_money_is_booked_and_nothing_kept(checkout: Checkout) -> None:
    with writing() as session:
        session.get_one(Supporter, checkout.supporter_id).erased_at = NOON
    before = kept(checkout)

    assert pay(checkout)
    assert (row(checkout).status, kept(checkout)) == (CheckoutStatus.PAID, before)


def test_a_name_that_cannot_be_read_keeps_no_payment_from_being_recorded(checkout: Checkout) -> None:
    change(checkout, name_sealed=b"broken" * 9)

    with structlog.testing.capture_logs() as logs:
        assert pay(checkout)

    assert logs == [{"event": "name_not_adopted", "error": "SealBroken", "log_level": "warning"}]
    assert kept(checkout) == ("Before", "ru", True)


def test_who_agreed_is_spoken_to_in_their_language_and_nothing_else_is_kept_yet(checkout: Checkout) -> None:
    assert agree(checkout)

    assert (row(checkout).status, row(checkout).ended_at) == (CheckoutStatus.PROCESSING, None)
    assert kept(checkout) == ("Before", "ru", False)


@pytest.mark.parametrize("status", [CheckoutStatus.PROCESSING, CheckoutStatus.PAID, CheckoutStatus.UNPAID])
def test_who_has_done_their_part_has_agreed(checkout: Checkout, status: CheckoutStatus) -> None:
    change(checkout, status=status)
    before = kept(checkout)

    assert agree(checkout)
    assert (row(checkout).status, kept(checkout)) == (status, before)


def test_of_somebody_who_was_erased_not_even_the_language_is_kept(checkout: Checkout) -> None:
    with writing() as session:
        session.get_one(Supporter, checkout.supporter_id).erased_at = NOON
    before = kept(checkout)

    assert agree(checkout)
    assert (row(checkout).status, kept(checkout)) == (CheckoutStatus.PROCESSING, before)


def test_a_checkout_is_found_by_its_reference_alone(checkout: Checkout) -> None:
    with writing() as session:
        found = fulfilment.find_locked(session, checkout.reference)
        assert fulfilment.find_locked(session, "another") is None

    assert found is not None
    assert found.id == checkout.id


def test_a_name_is_sealed_for_its_place_alone(checkout: Checkout) -> None:
    """What older releases wrote must open, so the place is part of the format."""
    with reading() as session:
        supporter = session.get_one(Supporter, checkout.supporter_id)
        key = supporters.data_key_of(supporter, current().vault)

    assert checkout.name_sealed is not None
    place = Place("checkout", checkout.reference, "name_sealed")
    assert key.open(checkout.name_sealed, place) == "Nina Petrova"
