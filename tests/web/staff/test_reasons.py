"""Why a supporter's record is as it is: an answer for each gift and attempt, and the timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.refunds import RefundStatus
from donations.domain.standing import Standing
from donations.models import (
    Disposition,
    OutboxMessage,
    OutboxStatus,
    Supporter,
)
from donations.models.database import writing
from tests.factories import (
    NOON,
    make_checkout,
    make_dispute,
    make_donation,
    make_refund,
    make_subscription,
)
from tests.web.staff.conftest import Desk, add_event, add_ticket, page_of


@pytest.mark.parametrize(
    ("standing", "columns", "answer"),
    [
        (Standing.ACTIVE, {}, "The last charge that was due succeeded."),
        (Standing.PAST_DUE, {}, "The last charge failed, and Stripe is trying again."),
        (Standing.INCOMPLETE, {"has_paid": False}, "The first payment has not succeeded yet"),
        (Standing.UNPAID, {}, "Charges failed until Stripe stopped trying"),
        (Standing.ACTIVE, {"is_collection_paused": True}, "Charging is paused, so it is not in MRR."),
        (
            Standing.ACTIVE,
            {"is_collection_paused": True, "resumes_at": NOON + timedelta(days=30)},
            "Charging is paused until 22 Dec 2026, 13:00",
        ),
        (
            Standing.ACTIVE,
            {"cancels_at": NOON + timedelta(days=30)},
            "The last charge that was due succeeded. It is set to end on 22 Dec 2026, 13:00.",
        ),
        (Standing.CANCELED, {"end_reason": "payment_failed"}, "It ended because charges failed"),
        (Standing.CANCELED, {"end_reason": "cancellation_requested"}, "It was cancelled on request"),
        (Standing.CANCELED, {}, "It has ended, and nothing more is charged."),
    ],
)
def test_a_recurring_gift_says_why_it_stands_as_it_does(
    editor: Desk, nadia: Supporter, standing: Standing, columns: dict[str, object], answer: str
) -> None:
    with writing() as session:
        make_subscription(session, nadia, standing=standing, **columns)  # pyright: ignore[reportArgumentType]

    why = editor.sees(f"/staff/supporters/{nadia.reference}").select_one(".why")

    assert why is not None
    assert why.text.startswith(answer)


def test_the_next_charge_is_named_only_where_one_is_expected(editor: Desk, nadia: Supporter) -> None:
    def next_charge() -> str:
        page = editor.sees(f"/staff/supporters/{nadia.reference}")
        term = page.find("dt", string="Next charge")
        assert term is not None
        return term.find_next("dd").text  # pyright: ignore[reportOptionalMemberAccess]

    with writing() as session:
        gift = make_subscription(session, nadia, current_period_ends_at=NOON + timedelta(days=30))
    assert next_charge() == "22 Dec 2026"

    with writing() as session:
        session.merge(gift).cancels_at = NOON + timedelta(days=30)
    assert next_charge() == "None expected"


@pytest.mark.parametrize(
    ("status", "ended", "answer"),
    [
        (CheckoutStatus.OPENING, False, "We asked Stripe for a payment page and have no answer"),
        (CheckoutStatus.OPEN, False, "The reader was sent to Stripe and has not finished"),
        (CheckoutStatus.PROCESSING, False, "the bank has not confirmed yet"),
        (CheckoutStatus.PAID, True, "Stripe confirmed the payment on 22 Nov 2026, 13:50."),
        (CheckoutStatus.UNPAID, True, "the bank refused"),
        (CheckoutStatus.EXPIRED, True, "The reader left without paying"),
        (CheckoutStatus.FAILED, True, "Stripe refused to open a payment page"),
    ],
)
def test_an_attempt_says_why_it_got_no_further(
    editor: Desk, nadia: Supporter, status: CheckoutStatus, ended: bool, answer: str
) -> None:
    ended_at = NOON + timedelta(minutes=50) if ended else None
    with writing() as session:
        make_checkout(session, nadia, status=status, at=NOON + timedelta(minutes=45), ended_at=ended_at)

    assert answer in page_of(editor, nadia)


@pytest.mark.parametrize(
    ("status", "name", "answer"),
    [
        (CheckoutStatus.PROCESSING, "Agreed", "Agreed: first charged on 24 Dec 2026, 11:00."),
        (CheckoutStatus.UNPAID, "Never began", "It was to begin on 24 Dec 2026, 11:00;"),
        (CheckoutStatus.EXPIRED, "Abandoned", "The reader left without agreeing"),
        (CheckoutStatus.PAID, "Paid", "Stripe confirmed the payment"),
    ],
)
def test_an_attempt_to_give_later_is_not_taken_for_a_bank_that_thinks(
    editor: Desk, nadia: Supporter, status: CheckoutStatus, name: str, answer: str
) -> None:
    begins_at = datetime(2026, 12, 24, 10, tzinfo=UTC)
    with writing() as session:
        make_checkout(session, nadia, status=status, frequency=Frequency.MONTHLY, first_charge_at=begins_at)

    text = page_of(editor, nadia)

    assert name in text
    assert answer in text
    assert "bank has not confirmed" not in text


def test_an_open_attempt_whose_page_has_closed_is_not_called_open(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        make_checkout(session, nadia, at=NOON - timedelta(hours=2))

    assert "what came of it is not known to us yet" in page_of(editor, nadia)


def test_news_that_could_not_be_applied_is_said_where_it_is_missed(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        gift = make_subscription(session, nadia)
        add_ticket(
            session,
            "subscription",
            gift.stripe_subscription_id,
            tries=3,
            problem="Stripe could not be reached",
        )

    text = page_of(editor, nadia)

    assert "could not be applied, tried 3 times: Stripe could not be reached." in text
    assert "Next try: 22 Nov 2026, 13:30." in text
    assert f"Looking at {gift.stripe_subscription_id} keeps failing (3 tries)" in text


def test_what_was_quarantined_says_why(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        checkout = make_checkout(session, nadia)
        assert checkout.stripe_session_id is not None
        add_ticket(
            session,
            "checkout.session",
            checkout.stripe_session_id,
            tries=8,
            quarantined_at=NOON,
            problem="the session has another amount",
        )

    text = page_of(editor, nadia)

    assert "Set aside on 22 Nov 2026, 13:00 and not tried again: the session has another amount." in text
    assert f"Looking at {checkout.stripe_session_id} was given up" in text


def test_the_timeline_tells_every_change_and_its_cause_newest_first(editor: Desk, nadia: Supporter) -> None:
    start = NOON - timedelta(days=10)
    with writing() as session:
        checkout = make_checkout(
            session,
            nadia,
            status=CheckoutStatus.PAID,
            frequency=Frequency.MONTHLY,
            at=start,
            ended_at=start + timedelta(minutes=3),
            placement="article-end",
        )
        gift = make_subscription(session, nadia, checkout=checkout, at=start + timedelta(minutes=1))
        donation = make_donation(
            session,
            nadia,
            subscription=gift,
            frequency=Frequency.MONTHLY,
            at=start + timedelta(minutes=2),
            stripe_invoice_id="in_7",
        )
        make_refund(session, donation, status=RefundStatus.FAILED, at=start + timedelta(days=2))
        make_dispute(session, donation, at=start + timedelta(days=3))
        add_event(session, 1, "invoice", "invoice.paid", "in_7", received_at=start + timedelta(minutes=4))
        add_event(
            session,
            2,
            "charge",
            "charge.updated",
            str(donation.stripe_charge_id),
            received_at=start + timedelta(minutes=5),
            disposition=Disposition.QUARANTINED,
            note="a live event in test mode",
        )
        add_event(session, 3, "invoice", "invoice.paid", "in_of_somebody_else")
        session.add(
            OutboxMessage(
                kind="receipt",
                cause=donation.stripe_payment_intent_id,
                supporter_id=nadia.id,
                message_id="message",
                status=OutboxStatus.SENT,
                next_try_at=start,
                created_at=start + timedelta(minutes=6),
                sent_at=start + timedelta(minutes=7),
            )
        )

    entries = editor.sees(f"/staff/supporters/{nadia.reference}").select(".entry")
    told = [
        (entry.select_one(".entry-what").text, entry.select_one(".entry-cause").text)  # pyright: ignore[reportOptionalMemberAccess]
        for entry in entries
    ]

    assert [what for what, _ in told] == [
        "Dispute opened: €50, now needs response",
        "Refund failed: €50",
        "Email “Receipt” sent",
        "Email “Receipt” asked for",
        "Stripe told us: charge.updated",
        "Stripe told us: invoice.paid",
        "Checkout paid: €50 monthly",
        "Donation: €50 monthly",
        "Recurring gift first paid: €50 monthly",
        "Recurring gift begun: €50 monthly",
        "Checkout opened: €50 monthly",
        "First seen",
    ]
    causes = dict(told)
    assert causes["Stripe told us: invoice.paid"] == "About in_7. To be looked at again; event evt_1"
    assert "Quarantined (a live event in test mode)" in causes["Stripe told us: charge.updated"]
    assert (
        causes["Donation: €50 monthly"]
        == f"Recorded from Stripe's payment {donation.stripe_payment_intent_id}"
    )
    assert "article-end" in causes["Checkout opened: €50 monthly"]
