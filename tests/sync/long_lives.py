"""A whole life of a recurring gift in seven events: paid, settled, a part given back, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from donations.gateway.kinds import ObjectKind
from donations.models import Checkout
from tests.sync.desk import state_of
from tests.sync.lives import (
    Happening,
    Life,
    canceled,
    charge,
    ids,
    invoice,
    payment_intent,
    refund,
    session,
    subscription,
    truth,
)


def given_and_ended(checkout: Checkout) -> Life:
    """Four moments: it begins; its fee is known; €10 go back; its giver ends it."""
    named = ids(checkout)
    begun = truth(
        session(checkout),
        subscription(checkout),
        invoice(checkout),
        payment_intent(checkout),
        charge(checkout),
    )
    settled = {**begun, **truth(payment_intent(checkout, is_settled=True), charge(checkout, is_settled=True))}
    refunded = {**settled, **truth(refund(checkout))}
    ended = {**refunded, **truth(canceled(checkout))}
    sub = named["subscription"]
    return Life(
        checkout,
        (begun, settled, refunded, ended),
        (
            Happening("checkout.session.completed", ObjectKind.CHECKOUT_SESSION, session(checkout).id, 0),
            Happening("customer.subscription.created", ObjectKind.SUBSCRIPTION, sub, 0),
            Happening("payment_intent.succeeded", ObjectKind.PAYMENT_INTENT, named["payment_intent"], 0),
            Happening("invoice.paid", ObjectKind.INVOICE, named["invoice"], 0),
            Happening("charge.updated", ObjectKind.CHARGE, named["charge"], 1),
            Happening("refund.created", ObjectKind.REFUND, f"{named['refund']}_1", 2),
            Happening("customer.subscription.deleted", ObjectKind.SUBSCRIPTION, sub, 3),
        ),
    )


def ending_of(checkout: Checkout) -> Mapping[str, object]:
    """How the life ended: of the ledger what it comes to, for its lines say what we knew when. A gift that
    was first looked at when it had ended never counted, so it leaves none."""
    state: dict[str, Any] = dict(state_of(checkout))
    lines = state.pop("movements")
    return state | {"counts": (sum(line[1] for line in lines), sum(line[2] for line in lines))}
