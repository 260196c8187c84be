"""A refund that staff asked for is made once, wherever the way to Stripe and back broke off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from donations import runtime
from donations.domain.money import Money
from donations.domain.refunds import RefundReason, RefundStatus
from donations.domain.written_calls import CallStatus
from donations.gateway.errors import (
    RateLimited,
    StripeProblem,
    StripeRefused,
    StripeUnavailable,
    UnexpectedAnswer,
)
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import RefundSnapshot
from donations.jobs.refund_calls import carry_out, is_any_due, repeat_unanswered
from donations.models import Donation, OutboxMessage, Refund, RefundRequest
from donations.models.database import reading, writing
from donations.services import refund_requests, written_calls
from donations.services.refund_requests import AskedAlready, Call, NotRefundable, RefundWish
from donations.services.written_calls import ASKING_LASTS, KEY_LASTS
from tests import factories
from tests.fakes import FakeGateway
from tests.sync.desk import Desk, count_of, only

SILENCE = StripeUnavailable(was_answered=False)
ERROR = StripeUnavailable(was_answered=True, status=500)


@pytest.fixture
def donation(desk: Desk) -> Donation:
    """Fifty euros."""
    with writing() as session:
        supporter = factories.make_supporter(session, runtime.current().vault)
        return factories.make_donation(session, supporter, fee=100)


def begin(desk: Desk, donation: Donation, amount: int = 2000) -> Call:
    """A refund that was written down, and whose call was not made yet."""
    with writing() as session:
        row = session.get_one(Donation, donation.id)
        request = factories.make_refund_request(session, row, amount=amount, at=desk.clock())
        return refund_requests.call_of(request)


def repeat(desk: Desk) -> int:
    return repeat_unanswered(desk.runtime, desk.random)


def settle(desk: Desk) -> None:
    """As the worker does in the hours that follow."""
    for _ in range(4):
        desk.clock.forward(timedelta(hours=1))
        repeat(desk)
        desk.settle()


def made(desk: Desk) -> int:
    """How many refunds Stripe has made."""
    return sum(kind is ObjectKind.REFUND for kind, _ in desk.gateway.objects)


def dies_before_the_call(desk: Desk, call: Call) -> None:
    """Nothing: the row is there, and nobody makes its call."""


def dies_before_noting_the_answer(desk: Desk, call: Call) -> None:
    desk.gateway.create_refund(call.parameters, call.idempotency_key)


def is_not_heard(desk: Desk, call: Call) -> None:
    desk.gateway.raising = [SILENCE]
    carry_out(desk.runtime, call)


def loses_the_answer(desk: Desk, call: Call) -> None:
    desk.gateway.losing = [SILENCE]
    carry_out(desk.runtime, call)


def meets_an_error_after_all_was_done(desk: Desk, call: Call) -> None:
    """Stripe answers the same key with the same error from then on."""
    desk.gateway.losing = [ERROR] * 100
    carry_out(desk.runtime, call)


def is_not_understood(desk: Desk, call: Call) -> None:
    desk.gateway.losing = [UnexpectedAnswer("refund.amount")]
    carry_out(desk.runtime, call)


def comes_too_often(desk: Desk, call: Call) -> None:
    desk.gateway.raising = [RateLimited(was_answered=True, retry_after=30)]
    carry_out(desk.runtime, call)


def meets_itself(desk: Desk, call: Call) -> None:
    desk.gateway.raising = [StripeUnavailable(was_answered=True, status=409)]
    carry_out(desk.runtime, call)


def is_made_at_once(desk: Desk, call: Call) -> None:
    carry_out(desk.runtime, call)


BREAKS = (
    dies_before_the_call,
    dies_before_noting_the_answer,
    is_not_heard,
    loses_the_answer,
    meets_an_error_after_all_was_done,
    is_not_understood,
    comes_too_often,
    meets_itself,
    is_made_at_once,
)
WAS_MADE = (dies_before_noting_the_answer, loses_the_answer, meets_an_error_after_all_was_done)


@pytest.mark.parametrize("breaks", BREAKS)
def test_wherever_it_breaks_off_one_refund_is_made_and_applied(
    desk: Desk, donation: Donation, breaks: Callable[[Desk, Call], None]
) -> None:
    call = begin(desk, donation)

    breaks(desk, call)
    settle(desk)

    request, refund = only(RefundRequest), only(Refund)
    assert (made(desk), request.status) == (1, CallStatus.ACCEPTED)
    assert request.stripe_refund_id == refund.stripe_refund_id
    assert (refund.status, refund.amount) == (RefundStatus.SUCCEEDED, 2000)
    assert only(Donation).refunded_amount == 2000
    assert count_of(OutboxMessage, kind="refund") == 1
    assert not is_any_due(desk.runtime)


def test_the_refund_takes_nothing_off_before_stripes_own_copy_is_applied(
    desk: Desk, donation: Donation
) -> None:
    carry_out(desk.runtime, begin(desk, donation))

    assert only(RefundRequest).status is CallStatus.ACCEPTED
    assert (only(Donation).refunded_amount, count_of(Refund)) == (0, 0)
    desk.settle()
    assert only(Donation).refunded_amount == 2000


@pytest.mark.parametrize("breaks", WAS_MADE)
def test_once_stripe_may_have_forgotten_the_key_the_refund_is_found_and_not_made_again(
    desk: Desk, donation: Donation, breaks: Callable[[Desk, Call], None]
) -> None:
    breaks(desk, begin(desk, donation))

    assert made(desk) == 1
    forget_the_key(desk)
    repeat(desk)
    desk.settle()

    assert (made(desk), only(RefundRequest).status) == (1, CallStatus.ACCEPTED)
    assert "found at Stripe" in only(RefundRequest).problem
    assert only(Donation).refunded_amount == 2000


@pytest.mark.parametrize("breaks", WAS_MADE)
def test_the_proof_finds_the_mistake_of_asking_again_without_looking(
    desk: Desk, donation: Donation, breaks: Callable[[Desk, Call], None]
) -> None:
    call = begin(desk, donation)
    breaks(desk, call)

    forget_the_key(desk)
    carry_out(desk.runtime, call)

    assert made(desk) == 2


def forget_the_key(desk: Desk) -> None:
    """A day later. What went wrong in between is over."""
    desk.clock.forward(KEY_LASTS + timedelta(hours=2))
    desk.gateway.forgets_keys, desk.gateway.losing = True, []


@pytest.mark.parametrize("breaks", [dies_before_the_call, is_not_heard])
def test_what_stripe_never_made_is_called_lost_only_after_a_look_and_can_be_asked_for_anew(
    desk: Desk, donation: Donation, breaks: Callable[[Desk, Call], None]
) -> None:
    breaks(desk, begin(desk, donation, 5000))
    forget_the_key(desk)
    desk.gateway.raising = [SILENCE]
    repeat(desk)
    assert only(RefundRequest).status is CallStatus.ASKING

    desk.clock.forward(timedelta(hours=2))
    with structlog.testing.capture_logs() as logs:
        repeat(desk)

    assert {"event": "refund_lost", "log_level": "warning"} in logs
    lost = only(RefundRequest)
    assert (made(desk), lost.status) == (0, CallStatus.LOST)
    assert lost.problem == "no answer came; Stripe has no such refund"
    assert begin(desk, donation, 5000).reference != only(RefundRequest, status=CallStatus.LOST).reference


def test_a_refusal_is_final_and_leaves_the_whole_donation_to_be_given_back(
    desk: Desk, donation: Donation
) -> None:
    desk.gateway.raising = [StripeRefused(status=400, code="charge_disputed")]

    carry_out(desk.runtime, begin(desk, donation, 5000))
    desk.clock.forward(timedelta(days=2))

    assert repeat(desk) == 0
    assert only(RefundRequest).status is CallStatus.REFUSED
    assert "charge_disputed" in only(RefundRequest).problem
    begin(desk, donation, 5000)


class SlowToList(FakeGateway):
    """Its lists don't show yet what was just made."""

    def find_refund(self, payment_intent_id: str, reference: str) -> RefundSnapshot | None:
        super().find_refund(payment_intent_id, reference)
        return None


def test_what_a_list_does_not_show_yet_is_asked_for_with_the_same_key(desk: Desk, donation: Donation) -> None:
    desk.gateway = SlowToList()
    loses_the_answer(desk, begin(desk, donation))

    settle(desk)

    assert (made(desk), only(RefundRequest).status) == (1, CallStatus.ACCEPTED)
    assert list(desk.gateway.acts) == [only(RefundRequest).idempotency_key]


def test_stripe_is_told_nothing_but_the_payment_the_amount_and_our_reference(
    desk: Desk, donation: Donation
) -> None:
    call = begin(desk, donation)

    carry_out(desk.runtime, call)

    assert desk.gateway.acts == {
        call.idempotency_key: (
            f"refund {donation.stripe_payment_intent_id}",
            {
                "payment_intent": donation.stripe_payment_intent_id,
                "amount": 2000,
                "reason": "requested_by_customer",
                "metadata": {"reference": call.reference},
            },
        )
    }


def test_two_workers_make_one_call(desk: Desk, donation: Donation) -> None:
    begin(desk, donation)
    desk.clock.forward(ASKING_LASTS)
    with writing() as session:
        assert len(written_calls.claim(session, RefundRequest, 10, desk.clock())) == 1

    assert repeat(desk) == 0
    assert made(desk) == 0


def test_no_more_calls_are_settled_in_one_run_than_it_is_told(desk: Desk) -> None:
    with writing() as session:
        for _ in range(3):
            supporter = factories.make_supporter(session, runtime.current().vault)
            factories.make_refund_request(
                session, factories.make_donation(session, supporter), at=desk.clock()
            )
    desk.clock.forward(ASKING_LASTS)

    settled = [repeat_unanswered(desk.runtime, desk.random, 2) for _ in range(3)]

    assert (settled, made(desk)) == ([2, 1, 0], 3)


class Deaf(FakeGateway):
    """Its lists are answered, and nothing else."""

    def create_refund(self, parameters: Mapping[str, Any], idempotency_key: str) -> RefundSnapshot:
        raise SILENCE


def test_a_call_that_is_not_heard_again_is_put_off_again(desk: Desk, donation: Donation) -> None:
    desk.gateway = Deaf()
    carry_out(desk.runtime, begin(desk, donation))

    for tries in (2, 3):
        desk.clock.forward(timedelta(hours=1))
        assert repeat(desk) == 1
        assert (only(RefundRequest).status, only(RefundRequest).tries) == (CallStatus.ASKING, tries)
        assert only(RefundRequest).next_try_at > desk.clock.time
    assert only(RefundRequest).problem == str(SILENCE)


@pytest.mark.parametrize(
    ("error", "event"),
    [(SILENCE, "refund_unanswered"), (StripeRefused(status=400, code="charge_disputed"), "refund_refused")],
)
def test_the_log_tells_silence_from_a_refusal(
    desk: Desk, donation: Donation, error: StripeProblem, event: str
) -> None:
    desk.gateway.raising = [error]

    with structlog.testing.capture_logs() as logs:
        carry_out(desk.runtime, begin(desk, donation))

    assert {"event": event, "reason": str(error), "log_level": "warning"} in logs


def ask(desk: Desk, donation: Donation, amount: int, nonce: str, currency: str = "eur") -> bool:
    with writing() as session:
        by = factories.make_staff_user(session)
        wish = RefundWish(Money(amount, currency), RefundReason.DUPLICATE, nonce, by.id, "Given twice")
        return refund_requests.begin(session, donation.id, wish, desk.clock())[1]


def test_one_form_asks_for_one_refund(desk: Desk, donation: Donation) -> None:
    assert [ask(desk, donation, 2000, "form") for _ in range(2)] == [True, False]

    with pytest.raises(AskedAlready):
        ask(desk, donation, 2001, "form")
    assert count_of(RefundRequest) == 1


def test_more_than_is_left_is_refused_whether_it_went_or_is_on_its_way(
    desk: Desk, donation: Donation
) -> None:
    with pytest.raises(NotRefundable, match="€50 is left"):
        ask(desk, donation, 5001, "too much")
    with pytest.raises(NotRefundable):
        ask(desk, donation, 100, "another currency", "usd")
    with writing() as session:
        row = session.get_one(Donation, donation.id)
        factories.make_refund(session, row, amount=1000)
        factories.make_refund(session, row, amount=500, status=RefundStatus.PENDING)
        factories.make_refund(session, row, amount=4000, status=RefundStatus.FAILED)
    carry_out(desk.runtime, begin(desk, donation, 2000))

    with pytest.raises(NotRefundable, match="€15 is left"):
        ask(desk, donation, 1501, "too much by one")
    desk.settle()
    with pytest.raises(NotRefundable, match="€15 is left"):
        ask(desk, donation, 1501, "still too much by one")
    carry_out(desk.runtime, begin(desk, donation, 1500))

    with pytest.raises(NotRefundable, match="All of this donation"):
        ask(desk, donation, 1, "nothing left")


def test_a_second_refund_waits_for_the_answer_to_the_first(desk: Desk, donation: Donation) -> None:
    begin(desk, donation, 100)

    with pytest.raises(NotRefundable, match="under way"):
        ask(desk, donation, 100, "second")


def test_the_database_itself_holds_one_refund_under_way_and_amounts_above_nothing(
    desk: Desk, donation: Donation
) -> None:
    begin(desk, donation, 100)
    row = only(RefundRequest)
    columns = {each.name: getattr(row, each.name) for each in RefundRequest.__table__.columns}
    anew = columns | {"id": None, "reference": "r2", "nonce": "n2", "idempotency_key": "k2"}

    for changes in ({}, {"status": CallStatus.LOST, "answered_at": desk.clock(), "amount": 0}):
        with pytest.raises(IntegrityError), writing() as session:
            session.add(RefundRequest(**(anew | changes)))
    assert count_of(RefundRequest) == 1


def test_what_did_not_come_through_stripe_and_what_a_bank_disputes_is_not_refunded(
    desk: Desk, donation: Donation
) -> None:
    with writing() as session:
        row = session.get_one(Donation, donation.id)
        factories.make_dispute(session, row)
        offline = factories.make_offline_donation(session, row.supporter_id)

    with pytest.raises(NotRefundable, match="disputed"):
        ask(desk, donation, 100, "disputed")
    with pytest.raises(NotRefundable, match="did not come through Stripe"):
        ask(desk, offline, 100, "offline")
    with reading() as session:
        assert refund_requests.left_of(session, offline) == Money(5000, "eur")
