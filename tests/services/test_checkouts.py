"""A checkout is written before Stripe is asked, and one form opens one session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.models import Checkout, Supporter
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import checkouts, supporters
from donations.services.checkouts import Attempt, FormAlreadyUsed, Opening, Origin
from tests.factories import NOON

ATTEMPT = Attempt(
    gift=Gift(Money(1000, "eur"), Frequency.MONTHLY),
    charge=Money(1041, "eur"),
    email="nina@example.com",
    name="Nina Petrova",
    wants_newsletter=True,
    origin=Origin(article="a1", placement="article-end", campaign="winter"),
    nonce="form-1",
    locale="en",
)


def opened(attempt: Attempt = ATTEMPT, *, minutes: int = 0) -> Opening:
    with writing() as session:
        return checkouts.open_checkout(
            session,
            current().vault,
            attempt,
            public_base_url="https://donate.example.com",
            now=NOON + timedelta(minutes=minutes),
        )


def session_snapshot(opening: Opening, session_id: str = "cs_1") -> CheckoutSessionSnapshot:
    return CheckoutSessionSnapshot(
        id=session_id, status="open", payment_status="unpaid", mode="subscription",
        reference=opening.reference, url="https://checkout.stripe.com/c/pay/cs_1",
        amount_total=1041, currency="eur", payment_intent_id=None, subscription_id=None,
        customer_id=None, is_livemode=False, created_at=NOON, expires_at=NOON + timedelta(hours=1),
    )  # fmt: skip


def test_the_row_holds_the_gift_the_charge_and_where_it_came_from(app: Flask) -> None:
    opening = opened()

    with reading() as session:
        row = checkouts.get(session, opening.reference)
    assert (row.gift_amount, row.charge_amount, row.currency) == (1000, 1041, "eur")
    assert (row.status, row.frequency, row.covers_fees) == (CheckoutStatus.OPENING, Frequency.MONTHLY, True)
    assert (row.article, row.placement, row.campaign) == ("a1", "article-end", "winter")
    assert row.expires_at == NOON + timedelta(minutes=60)


def test_the_same_form_again_finds_the_same_row_key_and_parameters(app: Flask) -> None:
    first, again = opened(), opened(minutes=10)

    assert first.is_ours_to_ask
    assert replace(again, is_ours_to_ask=True) == first
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Checkout)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        replace(ATTEMPT, gift=Gift(Money(2000, "eur"), Frequency.MONTHLY), charge=Money(2000, "eur")),
        replace(ATTEMPT, gift=Gift(Money(1000, "eur"), Frequency.ANNUAL)),
        replace(ATTEMPT, email="oleg@example.com"),
        replace(ATTEMPT, charge=Money(1000, "eur")),
    ],
)
def test_a_used_form_opens_no_session_for_another_gift(app: Flask, changed: Attempt) -> None:
    opened()

    with pytest.raises(FormAlreadyUsed):
        opened(changed)


def test_a_form_cannot_be_repeated_after_stripe_would_refuse_the_same_request(app: Flask) -> None:
    opened()

    with pytest.raises(FormAlreadyUsed):
        opened(minutes=25)


def test_only_one_asks_stripe_until_its_call_fell_silent_or_took_too_long(app: Flask) -> None:
    first = opened()
    second = opened()
    with writing() as session:
        checkouts.record_silence(session, first.reference)
    after_silence = opened()
    at_once = opened()
    much_later = opened(minutes=1)

    asks = [each.is_ours_to_ask for each in (first, second, after_silence, at_once, much_later)]
    assert asks == [True, False, True, False, True]


def test_no_address_or_name_stands_in_the_database_in_plain_text(app: Flask) -> None:
    opened()

    with reading() as session:
        stored = [
            str(row)
            for table in ("supporter", "checkout")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]
    assert not any(word in row for row in stored for word in ("nina", "Nina", "Petrova"))


def test_a_supporter_is_found_by_address_and_opens_again(app: Flask) -> None:
    opened()

    with reading() as session:
        supporter = supporters.find_by_email(session, current().vault, "nina@example.com")
        assert supporter is not None
        assert supporters.contact_of(supporter, current().vault) == supporters.Contact(
            "nina@example.com", None
        )
        row = session.scalars(select(Checkout)).one()
        assert checkouts.name_of(row, supporter, current().vault) == "Nina Petrova"
        assert supporters.find_by_email(session, current().vault, "oleg@example.com") is None


def test_two_gifts_of_one_address_belong_to_one_supporter(app: Flask) -> None:
    opened()
    opened(replace(ATTEMPT, nonce="form-2"))

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Supporter)) == 1


def test_stripes_answer_opens_the_row_and_its_address_is_given_to_the_same_form(app: Flask) -> None:
    opening = opened()

    with writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening))

    assert opened().url == "https://checkout.stripe.com/c/pay/cs_1"


def test_an_answer_that_comes_after_the_webhook_changes_no_status(app: Flask) -> None:
    opening = opened()
    with writing() as session:
        row = checkouts.get(session, opening.reference)
        row.status, row.stripe_session_id = CheckoutStatus.PAID, "cs_1"

    with writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening))

    with reading() as session:
        assert checkouts.get(session, opening.reference).status is CheckoutStatus.PAID


def test_a_second_session_for_one_checkout_is_refused(app: Flask) -> None:
    opening = opened()
    with writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening))

    with pytest.raises(Mismatch), writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening, "cs_2"))


def test_a_refusal_ends_only_a_checkout_that_has_no_session(app: Flask) -> None:
    lost, kept = opened(), opened(replace(ATTEMPT, nonce="form-2"))
    with writing() as session:
        checkouts.record_session(session, kept.reference, session_snapshot(kept))

    with writing() as session:
        for opening in (lost, kept):
            checkouts.record_failure(session, opening.reference, NOON)

    with reading() as session:
        assert checkouts.get(session, lost.reference).status is CheckoutStatus.FAILED
        assert checkouts.get(session, kept.reference).status is CheckoutStatus.OPEN


def test_who_comes_back_gets_the_choices_and_nothing_personal(app: Flask) -> None:
    opening = opened()
    with writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening))

    with reading() as session:
        earlier = checkouts.find_earlier(session, opening.reference, NOON)
        too_late = checkouts.find_earlier(session, opening.reference, NOON + timedelta(hours=2))

    assert earlier is not None
    assert earlier.gift == ATTEMPT.gift
    assert earlier.covers_fees
    assert earlier.url == "https://checkout.stripe.com/c/pay/cs_1"
    assert too_late is not None
    assert too_late.url is None
    assert "nina" not in repr(earlier)
