"""A Customer: when another card is made the default there, the gifts are to be charged to it.

A subscription's own payment method goes before its customer's default, so a reader who gives a new
card could be charged on the old one for ever: each running gift is told to use the new one.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.changes import ChangeKind
from donations.domain.standing import TERMINAL
from donations.gateway.change_parameters import use_payment_method
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CustomerSnapshot
from donations.models import StripeCustomer, Subscription
from donations.services import gift_changes
from donations.services.gift_changes import Wish
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours


def relatives(session: Session, snapshot: CustomerSnapshot) -> list[Relative]:
    """Their gifts that go on: what is charged next may be another card."""
    return [
        Relative(ObjectKind.SUBSCRIPTION, row.stripe_subscription_id)
        for row in _running(session, snapshot.id)
    ]


def apply(session: Session, context: SyncContext, snapshot: CustomerSnapshot) -> Applied:
    """Have the new default charged, where it is new to us."""
    customer = session.get(StripeCustomer, snapshot.id, with_for_update=True)
    if customer is None:
        return not_ours("no gift of ours has this customer")
    method = snapshot.payment_method_id
    if method is None or method == customer.stripe_payment_method_id:
        return Applied()
    customer.stripe_payment_method_id = method
    for row in _running(session, snapshot.id):
        if row.stripe_payment_method_id == method:
            continue
        wish = Wish(
            kind=ChangeKind.USE_CARD,
            nonce=f"card:{row.stripe_subscription_id}:{context.now.isoformat()}",
            parameters=use_payment_method(method),
        )
        gift_changes.leave_to_the_worker(session, row, wish, context.now)
    return Applied()


def _running(session: Session, customer_id: str) -> list[Subscription]:
    statement = select(Subscription).where(
        Subscription.stripe_customer_id == customer_id, Subscription.standing.not_in(TERMINAL)
    )
    return list(session.scalars(statement.order_by(Subscription.id)))
