"""A session says how an attempt stands; it makes no donation."""

from __future__ import annotations

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, Donation
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import ids, invoice, payment_intent, session, subscription


def test_a_paid_session_makes_its_checkout_paid_and_no_donation(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(session(checkout))

    row = only(Checkout)
    assert (row.status, row.stripe_payment_intent_id) == (
        CheckoutStatus.PAID,
        ids(checkout)["payment_intent"],
    )
    assert row.ended_at is not None
    assert count_of(Donation) == 0


@pytest.mark.parametrize(
    ("frequency", "snapshots"),
    [
        (Frequency.ONCE, (payment_intent,)),
        (Frequency.MONTHLY, (subscription, invoice, payment_intent)),
        (Frequency.ANNUAL, (subscription, invoice, payment_intent)),
    ],
)
def test_the_session_alone_leads_to_the_donation(desk: Desk, frequency: Frequency, snapshots: tuple) -> None:
    """Every other event was lost."""
    checkout = desk.checkout(frequency)
    desk.tell(session(checkout), *(make(checkout) for make in snapshots))
    desk.deliver(ObjectKind.CHECKOUT_SESSION, session(checkout).id)

    desk.settle()

    assert only(Donation).frequency is frequency


def test_a_checkout_that_never_heard_stripes_answer_adopts_the_session(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.OPENING, stripe_session_id=None, stripe_url=None)
    url = "https://checkout.stripe.com/c/pay/cs_1"

    desk.apply(session(checkout, id="cs_1", status="open", payment_status="unpaid", url=url))

    row = only(Checkout)
    assert (row.status, row.stripe_session_id, row.stripe_url) == (CheckoutStatus.OPEN, "cs_1", url)


def test_a_session_cannot_claim_the_checkout_of_another(desk: Desk) -> None:
    checkout = desk.checkout()

    with pytest.raises(Mismatch):
        desk.apply(session(checkout, id="cs_other"))

    assert only(Checkout).status is CheckoutStatus.OPEN


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "subscription"},
        {"currency": "usd"},
        {"amount_total": 4999},
        {"is_livemode": True},
        {"status": "melted"},
        {"payment_status": "no_payment_required"},
        {"payment_intent_id": "pi_other"},
    ],
    ids=["mode", "currency", "amount", "live", "status", "nothing charged", "another payment"],
)
def test_a_session_that_does_not_match_its_checkout_is_refused(
    desk: Desk, changes: dict[str, object]
) -> None:
    checkout = desk.checkout(stripe_payment_intent_id="pi_ours")

    with pytest.raises(Mismatch):
        desk.apply(session(checkout, **({"payment_intent_id": "pi_ours"} | changes)))


def test_an_expired_session_ends_its_checkout(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(session(checkout, status="expired", payment_status="unpaid", payment_intent_id=None))

    assert only(Checkout).status is CheckoutStatus.EXPIRED


def test_a_paid_checkout_never_reopens(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.PAID, ended_at=NOON)

    applied = desk.apply(session(checkout, status="open", payment_status="unpaid", payment_intent_id=None))

    assert only(Checkout).status is CheckoutStatus.PAID
    assert applied.note == "the checkout stays paid"


@pytest.mark.parametrize("reference", [None, "somebody-else's"])
def test_a_session_of_someone_else_is_set_aside(desk: Desk, reference: str | None) -> None:
    checkout = desk.checkout()

    applied = desk.apply(session(checkout, id="cs_x", reference=reference))

    assert applied.note is not None
    assert applied.note.startswith("not ours")


@pytest.mark.parametrize("payment_first", [True, False])
def test_a_refused_debit_is_told_whichever_is_looked_at_first(desk: Desk, payment_first: bool) -> None:
    """A bank that refuses days later: the session only says unpaid, the payment says why."""
    checkout = desk.checkout()
    refused = payment_intent(checkout, status="requires_payment_method", amount_received=0, charge=None)
    desk.tell(session(checkout, payment_status="unpaid"), refused)
    news = [(ObjectKind.PAYMENT_INTENT, refused.id), (ObjectKind.CHECKOUT_SESSION, session(checkout).id)]

    for kind, stripe_id in news if payment_first else reversed(news):
        desk.deliver(kind, stripe_id)
    desk.settle()

    assert only(Checkout).status is CheckoutStatus.UNPAID


def test_a_debit_that_the_bank_still_considers_is_processing(desk: Desk) -> None:
    checkout = desk.checkout()
    pending = payment_intent(checkout, status="processing", amount_received=0)
    desk.tell(session(checkout, payment_status="unpaid"), pending)
    desk.deliver(ObjectKind.CHECKOUT_SESSION, session(checkout).id)

    desk.settle()

    assert (only(Checkout).status, count_of(Donation)) == (CheckoutStatus.PROCESSING, 0)
