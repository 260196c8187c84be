"""One supporter's record: totals, gifts, attempts."""

from __future__ import annotations

from datetime import timedelta

from donations.domain.disputes import DisputeStatus
from donations.domain.gifts import Frequency
from donations.domain.refunds import RefundStatus
from donations.models import (
    DonationSource,
    Supporter,
)
from donations.models.database import writing
from donations.models.vault import Vault
from donations.services import adjustments, outbox
from tests.factories import (
    NOON,
    ZONE,
    make_checkout,
    make_dispute,
    make_donation,
    make_movement,
    make_refund,
    make_subscription,
    make_supporter,
)
from tests.web.staff.conftest import Desk, add_event, page_of, take_in


def test_a_stranger_is_not_found(editor: Desk) -> None:
    page = editor.sees("/staff/supporters/nobody", 404)

    assert "We could not find that supporter" in page.text
    assert page.select(".staff-nav a")


def test_someone_who_never_paid_has_a_record_too(editor: Desk, nadia: Supporter) -> None:
    text = page_of(editor, nadia)

    assert "No payment has succeeded yet." in text
    assert "n***@example.com" in text
    assert "nadia@example.com" not in text


def test_two_recurring_gifts_are_warned_of_until_both_are_meant(editor: Desk, nadia: Supporter) -> None:
    warning = "More than one recurring gift"
    with writing() as session:
        make_subscription(session, nadia)
    assert warning not in page_of(editor, nadia)

    with writing() as session:
        second = make_subscription(session, nadia, at=NOON + timedelta(days=1))
    assert warning in page_of(editor, nadia)

    with writing() as session:
        session.merge(second).kept_beside_others_at = NOON + timedelta(days=2)
    assert warning not in page_of(editor, nadia)


def test_a_gift_that_was_raised_is_told_as_it_was_begun(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        checkout = make_checkout(session, nadia, frequency=Frequency.MONTHLY, amount=1000)
        make_subscription(session, nadia, amount=1500, checkout=checkout)

    text = page_of(editor, nadia)

    assert "Recurring gift begun: €10 monthly" in text


def test_the_ledger_and_letters_that_were_not_needed_stand_in_the_timeline(
    editor: Desk, nadia: Supporter
) -> None:
    with writing() as session:
        make_movement(session, make_subscription(session, nadia, amount=1000))
        outbox.add(session, "payment_failed", "in_1:5", nadia.id, NOON)
        (letter,) = outbox.claim_due(session, 1, NOON)
        outbox.skip(session, letter, "the payment was made, or is not asked for any more", NOON)

    text = page_of(editor, nadia)

    assert "Recurring revenue new: +€10 a month" in text
    assert "Email “Payment failed” not needed any more" in text


def test_totals_are_per_currency_with_refunds_apart(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        make_donation(session, nadia, amount=5000)
        make_refund(session, make_donation(session, nadia, amount=1000), amount=250)
        make_donation(session, nadia, amount=700, currency="usd")

    rows = editor.sees(f"/staff/supporters/{nadia.reference}").select("#totals tbody tr")

    cells = [[cell.text for cell in row.select("th, td")] for row in rows]
    assert cells == [
        ["EUR", "2", "€60.00", "€2.50", "€0.00", "€57.50"],
        ["USD", "1", "$7.00", "$0.00", "$0.00", "$7.00"],
    ]


def test_what_went_and_came_back_by_the_books_is_told_once(editor: Desk, nadia: Supporter) -> None:
    later = NOON + timedelta(minutes=10)
    with writing() as session:
        refund = make_refund(session, make_donation(session, nadia, amount=1000), amount=250)
        make_refund(session, make_donation(session, nadia, amount=900), amount=100)
        dispute = make_dispute(session, make_donation(session, nadia, amount=700))
        refund.status, dispute.status = RefundStatus.FAILED, DisputeStatus.LOST
        adjustments.book_refund(session, refund, zone=ZONE, now=later)
        adjustments.book_dispute(session, dispute, zone=ZONE, now=later)

    page = editor.sees(f"/staff/supporters/{nadia.reference}")

    told = [entry.get_text(" ", strip=True) for entry in page.select(".timeline .entry")]
    assert any("Refund taken back: €2.50 is ours again" in entry for entry in told)
    assert any("Dispute lost: €7 is gone" in entry for entry in told)
    assert len([entry for entry in told if "Refund" in entry]) == 3
    totals = [cell.text for cell in page.select("#totals tbody td")]
    assert totals == ["3", "€26.00", "€3.50", "€7.00", "€15.50"]


def test_fee_and_net_are_pending_until_they_are_known(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        make_donation(session, nadia, amount=5000, fee=171, at=NOON)
        make_donation(session, nadia, amount=1000, at=NOON - timedelta(days=1))
        make_donation(
            session,
            nadia,
            amount=900,
            at=NOON - timedelta(days=2),
            source=DonationSource.OFFLINE,
            stripe_payment_intent_id=None,
            stripe_charge_id=None,
        )

    rows = editor.sees(f"/staff/supporters/{nadia.reference}").select("#donations tbody tr")

    assert [[cell.text for cell in row.select("td")][3:5] for row in rows] == [
        ["€1.71", "€48.29"],
        ["pending", "pending"],
        ["none", "none"],
    ]


def test_another_supporters_rows_are_not_shown(editor: Desk, nadia: Supporter, vault: Vault) -> None:
    with writing() as session:
        other = make_supporter(session, vault, email="other@example.com")
        gift = make_subscription(session, other)
        payment = make_donation(session, other, subscription=gift)
        add_event(session, 1, "subscription", "customer.subscription.created", gift.stripe_subscription_id)

    text = page_of(editor, nadia)

    assert gift.stripe_subscription_id not in text
    assert str(payment.stripe_payment_intent_id) not in text


def test_thousands_of_attempts_are_shown_only_in_part_and_the_page_says_so(
    editor: Desk, nadia: Supporter
) -> None:
    with writing() as session:
        for number in range(120):
            make_checkout(session, nadia, at=NOON - timedelta(minutes=number))

    page = editor.sees(f"/staff/supporters/{nadia.reference}")

    assert "The newest 100 of 120 attempts." in page.text
    assert len(page.select("#checkouts tbody tr")) == 100


def test_an_address_that_does_not_open_does_not_break_the_page(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        session.merge(nadia).email_sealed = b"\x01tampered with, and long enough"
    take_in()

    assert "address cannot be opened" in page_of(editor, nadia)
    assert "address cannot be opened" in editor.sees("/staff/supporters").text
