"""Everything that our rows say of one supporter, read at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session, defer

from donations.domain.adjustments import AdjustmentKind
from donations.domain.money import Money
from donations.domain.standing import is_terminal
from donations.gateway.kinds import ObjectKind
from donations.models import (
    Adjustment,
    Checkout,
    Dispute,
    Donation,
    Erasure,
    Movement,
    OutboxMessage,
    Refund,
    RefundRequest,
    StripeEvent,
    StripeObject,
    Subscription,
    Supporter,
)

MOST_CHECKOUTS: Final = 100
"""Someone who tests stolen cards can leave thousands of attempts under one address."""
MOST_EVENTS: Final = 300


@dataclass(frozen=True, slots=True)
class Total:
    """What one supporter gave in one currency."""

    donations: int
    gross: Money
    refunded: Money
    disputed: Money
    """What disputes that were lost took back."""

    @property
    def kept(self) -> Money:
        return self.gross - self.refunded - self.disputed


@dataclass(frozen=True, slots=True)
class SupporterRecord:
    """Each list is newest first."""

    supporter: Supporter
    donations: tuple[Donation, ...]
    subscriptions: tuple[Subscription, ...]
    checkouts: tuple[Checkout, ...]
    checkouts_in_all: int
    refunds: tuple[Refund, ...]
    refund_requests: tuple[RefundRequest, ...]
    """The refunds that staff asked for, however far they have got."""
    disputes: tuple[Dispute, ...]
    adjustments: tuple[Adjustment, ...]
    """What the books say was taken from the donations, and what came back."""
    messages: tuple[OutboxMessage, ...]
    movements: tuple[Movement, ...]
    events: tuple[StripeEvent, ...]
    tickets: tuple[StripeObject, ...]
    erasure: Erasure | None
    """The supporter's wish to be forgotten."""

    @property
    def possible_duplicates(self) -> tuple[Subscription, ...]:
        """Recurring gifts that go on beside an earlier one, and of which nobody has said that both are
        meant."""
        running = [each for each in self.subscriptions if not is_terminal(each.standing)][::-1]
        return tuple(each for each in running[1:] if each.kept_beside_others_at is None)

    @property
    def totals(self) -> tuple[Total, ...]:
        """One for each currency, in the order of their codes."""
        return tuple(self._total(code) for code in sorted({each.currency for each in self.donations}))

    def ticket_of(self, kind: ObjectKind, stripe_id: str | None) -> StripeObject | None:
        """What is known of our looking at one of Stripe's objects."""
        found = (each for each in self.tickets if (each.kind, each.stripe_id) == (kind.value, stripe_id))
        return next(found, None)

    def last_event_of(self, kind: ObjectKind, stripe_id: str | None) -> StripeEvent | None:
        """What Stripe told us last of one of its objects."""
        about = (e for e in self.events if (e.object_kind, e.stripe_object_id) == (kind.value, stripe_id))
        return next(about, None)

    def refund_of(self, request: RefundRequest) -> Refund | None:
        """What became of a request, as Stripe has it; None where that is not known."""
        found = (each for each in self.refunds if each.stripe_refund_id == request.stripe_refund_id)
        return next(found, None)

    def _total(self, code: str) -> Total:
        mine = [each for each in self.donations if each.currency == code]
        gross, refunded = sum(each.amount for each in mine), sum(each.refunded_amount for each in mine)
        disputed = sum(
            each.amount
            for each in self.adjustments
            if each.kind is AdjustmentKind.DISPUTE and each.currency == code
        )
        return Total(len(mine), Money(gross, code), Money(refunded, code), Money(disputed, code))


def find_record(session: Session, reference: str) -> SupporterRecord | None:
    """The record of the supporter whom `reference` names."""
    supporter = session.scalar(select(Supporter).where(Supporter.reference == reference))
    if supporter is None:
        return None
    donations = _donations(session, supporter.id)
    subscriptions = _subscriptions(session, supporter.id)
    checkouts = _checkouts(session, supporter.id)
    refunds, disputes = _refunds(session, donations), _disputes(session, donations)
    ids = _stripe_ids(donations, subscriptions, checkouts, refunds, disputes)
    return SupporterRecord(
        supporter=supporter,
        donations=donations,
        subscriptions=subscriptions,
        checkouts=checkouts,
        checkouts_in_all=_count_checkouts(session, supporter.id),
        refunds=refunds,
        refund_requests=_refund_requests(session, donations),
        disputes=disputes,
        adjustments=_adjustments(session, donations),
        messages=_messages(session, supporter.id),
        movements=_movements(session, supporter.id),
        events=_events(session, ids),
        tickets=_tickets(session, ids),
        erasure=session.get(Erasure, supporter.id),
    )


_Ids = dict[ObjectKind, set[str]]


def _donations(session: Session, supporter_id: int) -> tuple[Donation, ...]:
    query = select(Donation).where(Donation.supporter_id == supporter_id)
    return tuple(session.scalars(query.order_by(Donation.charged_at.desc(), Donation.id.desc())))


def _subscriptions(session: Session, supporter_id: int) -> tuple[Subscription, ...]:
    query = select(Subscription).where(Subscription.supporter_id == supporter_id)
    return tuple(session.scalars(query.order_by(Subscription.started_at.desc(), Subscription.id.desc())))


def _checkouts(session: Session, supporter_id: int) -> tuple[Checkout, ...]:
    query = (
        select(Checkout)
        .where(Checkout.supporter_id == supporter_id)
        .order_by(Checkout.created_at.desc(), Checkout.id.desc())
        .limit(MOST_CHECKOUTS)
        .options(defer(Checkout.parameters_sealed), defer(Checkout.name_sealed))
    )
    return tuple(session.scalars(query))


def _count_checkouts(session: Session, supporter_id: int) -> int:
    query = select(func.count()).select_from(Checkout).where(Checkout.supporter_id == supporter_id)
    return session.scalar(query) or 0


def _refunds(session: Session, donations: tuple[Donation, ...]) -> tuple[Refund, ...]:
    query = select(Refund).where(Refund.donation_id.in_([each.id for each in donations]))
    return tuple(session.scalars(query.order_by(Refund.refunded_at.desc(), Refund.id.desc())))


def _refund_requests(session: Session, donations: tuple[Donation, ...]) -> tuple[RefundRequest, ...]:
    query = select(RefundRequest).where(RefundRequest.donation_id.in_([each.id for each in donations]))
    return tuple(session.scalars(query.order_by(RefundRequest.created_at.desc(), RefundRequest.id.desc())))


def _disputes(session: Session, donations: tuple[Donation, ...]) -> tuple[Dispute, ...]:
    query = select(Dispute).where(Dispute.donation_id.in_([each.id for each in donations]))
    return tuple(session.scalars(query.order_by(Dispute.opened_at.desc(), Dispute.id.desc())))


def _adjustments(session: Session, donations: tuple[Donation, ...]) -> tuple[Adjustment, ...]:
    query = select(Adjustment).where(Adjustment.donation_id.in_([each.id for each in donations]))
    return tuple(session.scalars(query.order_by(Adjustment.recorded_at.desc(), Adjustment.id.desc())))


def _messages(session: Session, supporter_id: int) -> tuple[OutboxMessage, ...]:
    query = select(OutboxMessage).where(OutboxMessage.supporter_id == supporter_id)
    return tuple(session.scalars(query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())))


def _movements(session: Session, supporter_id: int) -> tuple[Movement, ...]:
    query = select(Movement).where(Movement.supporter_id == supporter_id)
    return tuple(session.scalars(query.order_by(Movement.occurred_at.desc(), Movement.id.desc())))


def _stripe_ids(
    donations: tuple[Donation, ...],
    subscriptions: tuple[Subscription, ...],
    checkouts: tuple[Checkout, ...],
    refunds: tuple[Refund, ...],
    disputes: tuple[Dispute, ...],
) -> _Ids:
    """The ids of Stripe's objects that our rows name, by kind."""
    found: dict[ObjectKind, list[str | None]] = {
        ObjectKind.CHECKOUT_SESSION: [each.stripe_session_id for each in checkouts],
        ObjectKind.PAYMENT_INTENT: [each.stripe_payment_intent_id for each in (*donations, *checkouts)],
        ObjectKind.CHARGE: [each.stripe_charge_id for each in donations],
        ObjectKind.SUBSCRIPTION: [each.stripe_subscription_id for each in (*subscriptions, *checkouts)],
        ObjectKind.INVOICE: [each.stripe_invoice_id for each in donations],
        ObjectKind.REFUND: [each.stripe_refund_id for each in refunds],
        ObjectKind.DISPUTE: [each.stripe_dispute_id for each in disputes],
    }
    return {kind: {each for each in ids if each is not None} for kind, ids in found.items() if any(ids)}


def _events(session: Session, ids: _Ids) -> tuple[StripeEvent, ...]:
    about = [
        and_(StripeEvent.object_kind == kind.value, StripeEvent.stripe_object_id.in_(each))
        for kind, each in ids.items()
    ]
    query = (
        select(StripeEvent)
        .where(or_(false(), *about))
        .order_by(StripeEvent.received_at.desc(), StripeEvent.id.desc())
        .limit(MOST_EVENTS)
    )
    return tuple(session.scalars(query)) if about else ()


def _tickets(session: Session, ids: _Ids) -> tuple[StripeObject, ...]:
    about = [
        and_(StripeObject.kind == kind.value, StripeObject.stripe_id.in_(each)) for kind, each in ids.items()
    ]
    query = select(StripeObject).where(or_(false(), *about)).order_by(StripeObject.marked_at.desc())
    return tuple(session.scalars(query)) if about else ()
