"""A refund is asked for once, of what is left, and what came of it only Stripe's refund shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from donations.domain.audit import AuditAction
from donations.domain.disputes import DisputeStatus
from donations.domain.errors import NotFound
from donations.domain.money import Money
from donations.domain.refunds import RefundReason, RefundStatus
from donations.domain.written_calls import CallStatus
from donations.gateway.kinds import ObjectKind
from donations.models import AuditEntry, Donation, RefundRequest, StaffUser, StripeObject
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import refund_requests
from donations.services.refund_requests import AskedAlready, NotRefundable, RefundWish
from donations.services.written_calls import ASKING_LASTS
from tests import factories
from tests.factories import NOON
from tests.sync.desk import count_of, only

LATER = NOON + timedelta(seconds=5)
UNDER_WAY = r"^Another refund of this donation is under way. Wait until Stripe has answered.$"
DISPUTED = r"^The bank has disputed this donation. While it does, Stripe refuses a refund.$"


@pytest.fixture
def donation(app: Flask) -> Donation:
    """Fifty euros."""
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        return factories.make_donation(session, supporter, fee=100)


@pytest.fixture
def staff(app: Flask) -> StaffUser:
    with writing() as session:
        return factories.make_staff_user(session)


def wish(staff: StaffUser, amount: int = 2000, nonce: str = "form", currency: str = "eur") -> RefundWish:
    return RefundWish(Money(amount, currency), RefundReason.DUPLICATE, nonce, staff.id, "Given twice")


def begin(donation: Donation, asked: RefundWish) -> tuple[RefundRequest, bool]:
    with writing() as session:
        return refund_requests.begin(session, donation.id, asked, NOON)


def left(donation: Donation) -> Money:
    with reading() as session:
        return refund_requests.check_refundable(session, session.get_one(Donation, donation.id))


def test_all_of_a_refund_is_written_down_before_stripe_is_asked(donation: Donation, staff: StaffUser) -> None:
    row, is_new = begin(donation, wish(staff))

    assert is_new
    assert (row.donation_id, row.amount, row.currency) == (donation.id, 2000, "eur")
    assert (row.reason, row.asked_by, row.nonce) == (RefundReason.DUPLICATE, staff.id, "form")
    assert (row.status, row.tries, row.created_at) == (CallStatus.ASKING, 0, NOON)
    assert (row.next_try_at, row.answered_at) == (NOON + ASKING_LASTS, None)
    assert (row.stripe_refund_id, row.problem) == (None, None)


def test_its_call_names_the_payment_the_amount_and_the_row_that_it_is(
    donation: Donation, staff: StaffUser
) -> None:
    row, _ = begin(donation, wish(staff))

    call = refund_requests.call_of(row)

    assert (call.reference, call.idempotency_key) == (row.reference, row.idempotency_key)
    assert (call.payment_intent_id, call.created_at) == (donation.stripe_payment_intent_id, NOON)
    assert call.parameters == {
        "payment_intent": donation.stripe_payment_intent_id,
        "amount": 2000,
        "reason": "duplicate",
        "metadata": {"reference": row.reference},
    }


def test_who_asked_how_much_and_why_stands_in_the_audit_log_once(
    donation: Donation, staff: StaffUser
) -> None:
    row, _ = begin(donation, wish(staff))
    begin(donation, wish(staff))

    entry = only(AuditEntry)
    assert (entry.action, entry.staff_user_id, entry.reason) == (
        AuditAction.ASK_REFUND,
        staff.id,
        "Given twice",
    )
    assert entry.happened_at == NOON
    assert json.loads(entry.details) == {"amount": "€20", "given as": "duplicate", "request": row.reference}


def test_the_audit_log_gives_stripes_reason_in_words(donation: Donation, staff: StaffUser) -> None:
    begin(donation, replace(wish(staff), reason=RefundReason.REQUESTED))

    assert json.loads(only(AuditEntry).details)["given as"] == "requested by customer"


def test_the_same_form_finds_its_refund_and_another_wish_in_it_is_refused(
    donation: Donation, staff: StaffUser
) -> None:
    first, _ = begin(donation, wish(staff))

    again, is_new = begin(donation, wish(staff))

    assert (again.id, is_new) == (first.id, False)
    with writing() as session:
        supporter = session.get_one(Donation, donation.id).supporter_id
        other = factories.make_donation(session, session.get_one(factories.Supporter, supporter))
    for whose, asked in (
        (donation, wish(staff, 2001)),
        (donation, wish(staff, currency="usd")),
        (donation, RefundWish(Money(2000, "eur"), RefundReason.REQUESTED, "form", staff.id, "Given twice")),
        (other, wish(staff)),
    ):
        with pytest.raises(
            AskedAlready,
            match=r"^This form was used for another refund already. Open a new one for this refund.$",
        ):
            begin(whose, asked)
    assert count_of(RefundRequest) == 1


def test_a_donation_that_is_not_there_is_not_found(donation: Donation, staff: StaffUser) -> None:
    with writing() as session, pytest.raises(NotFound, match=r"^We could not find that donation$"):
        refund_requests.begin(session, donation.id + 1, wish(staff), NOON)


def test_to_the_minor_unit_no_more_than_is_left_can_be_given_back(
    donation: Donation, staff: StaffUser
) -> None:
    with writing() as session:
        row = session.get_one(Donation, donation.id)
        for amount, status in (
            (1000, "succeeded"),
            (500, "pending"),
            (300, "requires_action"),
            (4000, "failed"),
        ):
            factories.make_refund(session, row, amount=amount, status=RefundStatus(status))

    assert left(donation) == Money(3200, "eur")
    for asked in (wish(staff, 3201), wish(staff, 3200, currency="usd")):
        with pytest.raises(NotRefundable, match=r"^Of this donation €32 is left to be given back.$"):
            begin(donation, asked)
    assert begin(donation, wish(staff, 3200))[1]


def test_what_stripe_has_accepted_is_gone_once_whether_its_refund_was_looked_at_or_not(
    donation: Donation, staff: StaffUser
) -> None:
    row, _ = begin(donation, wish(staff))
    with reading() as session:
        assert refund_requests.left_of(session, session.get_one(Donation, donation.id)) == Money(3000, "eur")
    with writing() as session:
        refund_requests.record_acceptance(session, row.reference, "re_new", LATER)
    assert left(donation) == Money(3000, "eur")

    with writing() as session:
        refund = factories.make_refund(session, session.get_one(Donation, donation.id), amount=2000)
        refund.stripe_refund_id = "re_new"

    assert left(donation) == Money(3000, "eur")


def test_another_donations_refunds_and_requests_take_nothing_off(
    donation: Donation, staff: StaffUser
) -> None:
    with writing() as session:
        supporter = session.get_one(factories.Supporter, donation.supporter_id)
        other = factories.make_donation(session, supporter)
        factories.make_refund(session, other, amount=1000)
        factories.make_dispute(session, other, status=DisputeStatus.WARNING_NEEDS_RESPONSE)
    begin(other, wish(staff, nonce="other"))

    assert left(donation) == Money(5000, "eur")


def test_nothing_is_left_of_what_was_given_back_whole(donation: Donation) -> None:
    with writing() as session:
        factories.make_refund(session, session.get_one(Donation, donation.id), amount=5000)

    with pytest.raises(
        NotRefundable, match=r"^All of this donation has been given back, or is on its way back.$"
    ):
        left(donation)


def test_a_second_refund_waits_for_the_answer_to_the_first(donation: Donation, staff: StaffUser) -> None:
    begin(donation, wish(staff))

    with pytest.raises(NotRefundable, match=UNDER_WAY):
        begin(donation, wish(staff, nonce="second"))


def test_what_came_without_stripe_is_not_stripes_to_give_back(donation: Donation) -> None:
    with writing() as session:
        offline = factories.make_offline_donation(session, donation.supporter_id)

    with pytest.raises(
        NotRefundable, match=r"^This gift did not come through Stripe, so Stripe cannot give it back.$"
    ):
        left(offline)


@pytest.mark.parametrize("status", list(DisputeStatus))
def test_what_a_bank_took_or_may_take_is_not_refunded_but_a_question_is_answered_by_it(
    donation: Donation, status: DisputeStatus
) -> None:
    with writing() as session:
        factories.make_dispute(session, session.get_one(Donation, donation.id), status=status)

    is_ours = status.value.startswith("warning") or status in {DisputeStatus.WON, DisputeStatus.PREVENTED}
    if is_ours:
        assert left(donation) == Money(5000, "eur")
    else:
        with pytest.raises(NotRefundable, match=DISPUTED):
            left(donation)


def test_an_acceptance_has_the_refund_looked_at_and_the_first_answer_counts(
    donation: Donation, staff: StaffUser
) -> None:
    row, _ = begin(donation, wish(staff))

    with writing() as session:
        refund_requests.record_acceptance(session, row.reference, "re_1", LATER, how="found at Stripe")
        refund_requests.record_acceptance(session, row.reference, "re_2", LATER)
        refund_requests.record_refusal(session, row.reference, "too late", LATER)
        refund_requests.record_loss(session, row.reference, "too late", LATER)
        refund_requests.record_silence(session, row.reference, "too late", LATER)

    after, ticket = only(RefundRequest), only(StripeObject)
    assert (after.status, after.problem, after.answered_at) == (CallStatus.ACCEPTED, "found at Stripe", LATER)
    assert (after.stripe_refund_id, after.tries) == ("re_1", 0)
    assert (ticket.kind, ticket.stripe_id, ticket.marked_at) == (ObjectKind.REFUND, "re_1", LATER)


def test_a_refusal_has_the_payment_looked_at(donation: Donation, staff: StaffUser) -> None:
    row, _ = begin(donation, wish(staff))

    with writing() as session:
        refund_requests.record_refusal(session, row.reference, "charge_disputed", LATER)

    after, ticket = only(RefundRequest), only(StripeObject)
    assert (after.status, after.problem, after.answered_at) == (CallStatus.REFUSED, "charge_disputed", LATER)
    assert (ticket.kind, ticket.stripe_id) == (ObjectKind.PAYMENT_INTENT, donation.stripe_payment_intent_id)
    assert (ticket.marked_at, left(donation)) == (LATER, Money(5000, "eur"))


def test_what_was_lost_leaves_all_to_be_given_back_and_looks_at_nothing(
    donation: Donation, staff: StaffUser
) -> None:
    row, _ = begin(donation, wish(staff))

    with writing() as session:
        refund_requests.record_loss(session, row.reference, "nothing there", LATER)

    after = only(RefundRequest)
    assert (after.status, after.problem, after.answered_at) == (CallStatus.LOST, "nothing there", LATER)
    assert (count_of(StripeObject), left(donation)) == (0, Money(5000, "eur"))


def test_silence_puts_the_call_off_and_settles_nothing(donation: Donation, staff: StaffUser) -> None:
    row, _ = begin(donation, wish(staff))

    with writing() as session:
        refund_requests.record_silence(session, row.reference, "no answer", LATER)

    after = only(RefundRequest)
    assert (after.status, after.problem, after.answered_at) == (CallStatus.ASKING, "no answer", None)
    assert (after.tries, after.next_try_at, count_of(StripeObject)) == (1, LATER, 0)
