"""The worker survives whatever Stripe does, and one bad object never holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.gateway.errors import (
    NotFoundAtStripe,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
    UnexpectedAnswer,
)
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import Snapshot
from donations.jobs import drain
from donations.models import Checkout, Donation, StripeObject
from donations.models.database import is_in_transaction
from donations.services.tickets import LEASE, MOST_TRIES
from tests.fakes import FakeGateway
from tests.sync.desk import Desk, count_of, only, state_of
from tests.sync.lives import ids, invoice, payment_intent, session, subscription, truth

UNAVAILABLE = StripeUnavailable(was_answered=False)
PI = ObjectKind.PAYMENT_INTENT


def paid(desk: Desk) -> Checkout:
    """A checkout whose payment waits to be looked at."""
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout))
    desk.deliver(PI, ids(checkout)["payment_intent"])
    return checkout


def ticket_of(desk: Desk, checkout: Checkout) -> StripeObject:
    return desk.ticket(PI, ids(checkout)["payment_intent"])


@pytest.mark.parametrize(
    "error",
    [
        UNAVAILABLE,
        StripeUnavailable(was_answered=True, status=500),
        StripeRefused(status=401),
        UnexpectedAnswer("payment_intent.amount"),
        NotFoundAtStripe(status=404),
        ZeroDivisionError("a fault of ours"),
    ],
    ids=["away", "500", "refused", "not understood", "404", "fault"],
)
def test_a_failed_look_is_put_off_and_succeeds_later(desk: Desk, error: Exception) -> None:
    checkout = paid(desk)
    desk.gateway.raising.append(error)

    desk.drain()
    assert (ticket_of(desk, checkout).tries, count_of(Donation)) == (1, 0)
    assert desk.drain() == 0
    desk.settle()

    assert count_of(Donation) == 1
    assert (ticket_of(desk, checkout).tries, ticket_of(desk, checkout).problem) == (0, None)


def test_a_rate_limit_is_waited_out_as_long_as_stripe_asks(desk: Desk) -> None:
    checkout = paid(desk)
    desk.gateway.raising.append(RateLimited(was_answered=True, retry_after=30))

    desk.drain()

    ticket = ticket_of(desk, checkout)
    assert ticket.tries == 0
    assert ticket.next_try_at - desk.clock.time > timedelta(seconds=29)
    desk.clock.forward(timedelta(seconds=33))
    desk.drain()
    assert count_of(Donation) == 1


def test_after_eight_failures_it_is_quarantined_and_others_go_on(desk: Desk) -> None:
    broken = paid(desk)
    desk.gateway.raising.extend([UNAVAILABLE] * MOST_TRIES)
    desk.settle(most_rounds=MOST_TRIES + 1)

    sound = paid(desk)
    desk.drain()

    ticket = ticket_of(desk, broken)
    assert ticket.quarantined_at is not None
    assert ticket.problem == "gave up after 8 tries: StripeUnavailable"
    assert only(Donation).checkout_id == sound.id


def test_while_stripe_is_silent_a_run_ends_soon_so_that_messages_are_sent_between(desk: Desk) -> None:
    for _ in range(5):
        paid(desk)
    desk.gateway.raising.extend([UNAVAILABLE] * 5)

    assert desk.drain() == drain.MOST_SILENT
    assert drain.is_any_due(desk.runtime) is True

    desk.settle()
    assert count_of(Donation) == 5


def test_errors_that_stripe_answers_are_quick_and_do_not_end_a_run(desk: Desk) -> None:
    for _ in range(5):
        paid(desk)
    desk.gateway.raising.extend([StripeUnavailable(was_answered=True, status=500)] * 5)

    assert desk.drain() == 5


def test_news_of_a_quarantined_object_has_it_looked_at_again(desk: Desk) -> None:
    checkout = paid(desk)
    desk.gateway.raising.extend([UNAVAILABLE] * MOST_TRIES)
    desk.settle(most_rounds=MOST_TRIES + 1)

    desk.deliver(PI, ids(checkout)["payment_intent"])
    desk.drain()

    assert count_of(Donation) == 1


def test_what_does_not_match_is_quarantined_at_once_with_its_reason(desk: Desk) -> None:
    checkout = paid(desk)
    desk.tell(payment_intent(checkout, amount_received=1))

    desk.drain()

    ticket = ticket_of(desk, checkout)
    assert ticket.problem == "the payment has another amount than was agreed"
    assert ticket.quarantined_at is not None
    assert (ticket.applied, count_of(Donation)) == (0, 0)
    assert only(Checkout).status is CheckoutStatus.OPEN


def test_a_live_object_in_test_mode_is_quarantined_and_marks_nothing(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.tell(subscription(checkout, is_livemode=True))
    desk.deliver(ObjectKind.SUBSCRIPTION, ids(checkout)["subscription"])

    desk.drain()

    assert only(StripeObject).quarantined_at is not None


def test_a_deleted_draft_invoice_leaves_nothing_to_do(desk: Desk) -> None:
    desk.gateway.raising.append(NotFoundAtStripe(status=404))
    desk.deliver(ObjectKind.INVOICE, "in_deleted")

    desk.drain()

    ticket = desk.ticket(ObjectKind.INVOICE, "in_deleted")
    assert (ticket.applied, ticket.tries, ticket.problem) == (1, 0, "no longer at Stripe")


class WatchfulGateway(FakeGateway):
    """Does something of the test's while a copy is on its way."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = [meanwhile]

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        copy = super().fetch(kind, stripe_id)
        if self.meanwhile:
            self.meanwhile.pop()()
        return copy


def test_no_transaction_is_open_while_stripe_is_asked(desk: Desk) -> None:
    """For every kind of object; the gateway itself refuses to be called inside one."""
    seen: list[bool] = []

    class Asking(FakeGateway):
        def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
            seen.append(is_in_transaction())
            return super().fetch(kind, stripe_id)

    desk.gateway = Asking()
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.tell(session(checkout), subscription(checkout), invoice(checkout), payment_intent(checkout))
    desk.deliver(ObjectKind.CHECKOUT_SESSION, session(checkout).id)

    desk.settle()

    assert seen
    assert set(seen) == {False}
    assert count_of(Donation) == 1


def test_what_is_marked_during_the_fetch_is_looked_at_again(desk: Desk) -> None:
    """The copy on its way says active; before it arrives the subscription is cancelled."""
    checkout = desk.checkout(Frequency.MONTHLY)
    stripe_id = ids(checkout)["subscription"]

    def cancel() -> None:
        desk.tell(subscription(checkout, status="past_due", latest_invoice_id=None))
        desk.deliver(ObjectKind.SUBSCRIPTION, stripe_id)

    desk.gateway = WatchfulGateway(cancel)
    desk.tell(subscription(checkout, latest_invoice_id=None))
    desk.deliver(ObjectKind.SUBSCRIPTION, stripe_id)

    assert desk.drain() == 2

    ((standing, *_),) = state_of(checkout)["subscriptions"]  # type: ignore[misc]
    assert standing == "past_due"


def test_a_copy_that_was_outrun_by_a_fresher_one_changes_nothing(desk: Desk) -> None:
    """Another worker fetches later, and applies, while this one still waits for its older copy."""
    checkout = desk.checkout(Frequency.MONTHLY)
    stripe_id = ids(checkout)["subscription"]

    def let_another_worker_overtake() -> None:
        desk.tell(subscription(checkout, status="past_due", latest_invoice_id=None))
        desk.deliver(ObjectKind.SUBSCRIPTION, stripe_id)
        assert desk.drain() == 1

    desk.gateway = WatchfulGateway(let_another_worker_overtake)
    desk.tell(subscription(checkout, latest_invoice_id=None))
    desk.deliver(ObjectKind.SUBSCRIPTION, stripe_id)
    desk.drain()

    ((standing, *_),) = state_of(checkout)["subscriptions"]  # type: ignore[misc]
    assert standing == "past_due"


def test_a_worker_that_died_with_a_ticket_in_hand_loses_nothing(desk: Desk) -> None:
    class Killed(BaseException):
        pass

    checkout = paid(desk)
    desk.gateway.raising.append(Killed())  # type: ignore[arg-type]
    with pytest.raises(Killed):
        desk.drain()

    assert desk.drain() == 0
    desk.clock.forward(LEASE)
    desk.drain()

    assert only(Donation).checkout_id == checkout.id


def test_one_run_has_an_end_and_the_next_goes_on(desk: Desk) -> None:
    for number in range(3):
        desk.gateway.objects.update(
            truth(invoice(desk.checkout(Frequency.MONTHLY), id=f"in_{number}", subscription_id=None))
        )
        desk.deliver(ObjectKind.INVOICE, f"in_{number}")

    assert drain.drain(desk.runtime, desk.random, most=2) == 2
    assert drain.is_any_due(desk.runtime) is True
    assert drain.drain(desk.runtime, desk.random, most=2) == 1
    assert drain.is_any_due(desk.runtime) is False
