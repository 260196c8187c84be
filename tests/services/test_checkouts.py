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
        replace(ATTEMPT, gift=Gift(Money(1000, "usd"), Frequency.MONTHLY), charge=Money(1041, "usd")),
        replace(ATTEMPT, wants_newsletter=False),
        replace(ATTEMPT, first_charge_at=NOON + timedelta(days=9)),
    ],
)
def test_a_used_form_opens_no_session_for_another_gift(app: Flask, changed: Attempt) -> None:
    opened()

    with pytest.raises(
        FormAlreadyUsed,
        match=r"^You have already sent this form. Please check your choices and send it again.$",
    ):
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

    already = pytest.raises(Mismatch, match=r": the checkout already has another session$")
    with already, writing() as session:
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


def test_all_of_an_attempt_is_written_down(app: Flask) -> None:
    later = NOON + timedelta(days=9)
    origin = Origin("a", "p", "c", "v", "us", "um", "uc", "uo", "ut")

    opening = opened(replace(ATTEMPT, origin=origin, first_charge_at=later, locale="ru"))

    with reading() as session:
        row = checkouts.get(session, opening.reference)
    assert Origin.of(row) == origin
    assert (row.locale, row.nonce, row.wants_newsletter) == ("ru", "form-1", True)
    assert (row.asked_at, row.created_at, row.first_charge_at) == (NOON, NOON, later)
    assert row.idempotency_key == opening.idempotency_key != row.reference
    assert (row.stripe_session_id, row.stripe_url, row.ended_at) == (None, None, None)


def test_a_session_ends_on_a_whole_second(app: Flask) -> None:
    with writing() as session:
        opening = checkouts.open_checkout(
            session,
            current().vault,
            ATTEMPT,
            public_base_url="https://donate.example.com",
            now=NOON + timedelta(microseconds=7),
        )
        assert checkouts.get(session, opening.reference).expires_at == NOON + timedelta(minutes=60)


def test_stripe_is_asked_for_the_charge_and_leads_back_to_us_in_the_readers_language(app: Flask) -> None:
    opening = opened(replace(ATTEMPT, locale="ru"))

    asked = opening.parameters
    base, reference = "https://donate.example.com/support", opening.reference
    assert asked["success_url"] == f"{base}/thanks/{reference}?lang=ru"
    assert asked["cancel_url"] == f"{base}?back={reference}&lang=ru"
    assert (asked["customer_email"], asked["client_reference_id"]) == ("nina@example.com", reference)
    price = asked["line_items"][0]["price_data"]
    assert (price["unit_amount"], price["currency"]) == (1041, "eur")
    assert price["recurring"]["interval"] == "month"
    assert price["product_data"]["name"] == "Support The Moscow Times"
    assert asked["expires_at"] == int((NOON + timedelta(minutes=60)).timestamp())
    assert asked["locale"] == "ru"


def test_stripe_is_asked_to_charge_a_gift_that_begins_later_on_its_day(app: Flask) -> None:
    later = NOON + timedelta(days=9)

    asked = opened(replace(ATTEMPT, first_charge_at=later)).parameters

    assert asked["subscription_data"]["trial_end"] == int(later.timestamp())
    assert "trial_end" not in opened(replace(ATTEMPT, nonce="form-2")).parameters["subscription_data"]


def test_a_gift_offered_after_another_leads_back_to_the_thanks_of_that(app: Flask) -> None:
    opening = opened(replace(ATTEMPT, follows="earlier"))

    assert opening.parameters["cancel_url"] == ("https://donate.example.com/support/thanks/earlier?lang=en")


def test_a_call_is_believed_to_be_made_for_forty_seconds(app: Flask) -> None:
    reference = opened().reference

    def begins(seconds: int) -> bool:
        with writing() as session:
            return checkouts.begin_asking(session, reference, NOON + timedelta(seconds=seconds))

    assert [begins(39), begins(40), begins(41), begins(79), begins(80)] == [False, True, False, False, True]


def test_nobody_asks_for_a_session_that_is_there_or_an_attempt_that_is_over(app: Flask) -> None:
    there, over = opened(), opened(replace(ATTEMPT, nonce="form-2"))
    with writing() as session:
        checkouts.record_session(session, there.reference, session_snapshot(there))
        checkouts.record_failure(session, over.reference, NOON + timedelta(seconds=3))

    later = NOON + timedelta(minutes=5)
    with writing() as session:
        asks = [checkouts.begin_asking(session, each.reference, later) for each in (there, over)]
        ended_at = checkouts.get(session, over.reference).ended_at
    assert asks == [False, False]
    assert ended_at == NOON + timedelta(seconds=3)


def test_stripes_answer_is_noted_whole_and_does_not_lose_an_address_that_is_known(app: Flask) -> None:
    opening = opened()

    with writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening))
        checkouts.record_session(session, opening.reference, replace(session_snapshot(opening), url=None))
        row = checkouts.get(session, opening.reference)

    assert (row.stripe_session_id, row.stripe_url) == ("cs_1", "https://checkout.stripe.com/c/pay/cs_1")
    assert (row.status, row.asked_at) == (CheckoutStatus.OPEN, None)


@pytest.mark.parametrize(
    ("status", "is_paid", "can_carry_on"),
    [
        (CheckoutStatus.OPEN, False, True),
        (CheckoutStatus.PROCESSING, True, False),
        (CheckoutStatus.PAID, True, False),
        (CheckoutStatus.EXPIRED, False, False),
    ],
)
def test_who_comes_back_is_told_how_the_attempt_stands(
    app: Flask, status: CheckoutStatus, is_paid: bool, can_carry_on: bool
) -> None:
    opening = opened()
    with writing() as session:
        checkouts.record_session(session, opening.reference, session_snapshot(opening))
        checkouts.get(session, opening.reference).status = status

    with reading() as session:
        earlier = checkouts.find_earlier(session, opening.reference, NOON)
        at_its_end = checkouts.find_earlier(session, opening.reference, NOON + timedelta(minutes=60))

    assert earlier is not None
    assert (earlier.is_paid, earlier.url is not None) == (is_paid, can_carry_on)
    assert earlier.origin == ATTEMPT.origin
    assert at_its_end is not None
    assert at_its_end.url is None


def test_who_comes_back_with_a_reference_of_nobody_finds_nothing(app: Flask) -> None:
    with reading() as session:
        assert checkouts.find_earlier(session, "nobody's", NOON) is None


def test_an_attempt_without_a_name_has_none(app: Flask) -> None:
    opening = opened(replace(ATTEMPT, name=None))

    with reading() as session:
        row = checkouts.get(session, opening.reference)
        supporter = session.get_one(Supporter, row.supporter_id)
        assert checkouts.name_of(row, supporter, current().vault) is None
