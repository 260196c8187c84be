"""Why is this status? One plain answer for each subscription and each attempt to give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from donations.domain.checkouts import CheckoutStatus
from donations.domain.standing import Standing
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, StripeObject, Subscription
from donations.reports.supporter_record import SupporterRecord

STANDING_NAMES: Final[Mapping[Standing, str]] = {
    Standing.INCOMPLETE: "Waiting for its first payment",
    Standing.INCOMPLETE_EXPIRED: "Never began",
    Standing.TRIALING: "Next payment moved",
    Standing.ACTIVE: "Active",
    Standing.PAST_DUE: "Past due",
    Standing.UNPAID: "Unpaid",
    Standing.PAUSED: "Paused",
    Standing.CANCELED: "Ended",
}
_CHECKOUT_NAMES: Final[Mapping[CheckoutStatus, str]] = {
    CheckoutStatus.OPENING: "Being opened",
    CheckoutStatus.OPEN: "Open",
    CheckoutStatus.PROCESSING: "Bank is confirming",
    CheckoutStatus.PAID: "Paid",
    CheckoutStatus.UNPAID: "Not paid",
    CheckoutStatus.EXPIRED: "Abandoned",
    CheckoutStatus.FAILED: "Could not be opened",
}

_LATER_NAMES: Final[Mapping[CheckoutStatus, str]] = {
    CheckoutStatus.PROCESSING: "Agreed",
    CheckoutStatus.UNPAID: "Never began",
}
"""Of a recurring gift whose first charge was agreed for a later day."""

_STANDING_REASONS: Final[Mapping[Standing, str]] = {
    Standing.INCOMPLETE: "The first payment has not succeeded yet, so it counts in no figure.",
    Standing.INCOMPLETE_EXPIRED: "The first payment never succeeded, and Stripe closed it.",
    Standing.TRIALING: "Stripe waits for a later day before the next charge.",
    Standing.ACTIVE: "The last charge that was due succeeded.",
    Standing.PAST_DUE: "The last charge failed, and Stripe is trying again.",
    Standing.UNPAID: "Charges failed until Stripe stopped trying; it has not been ended.",
    Standing.PAUSED: "Stripe charges nothing until it is resumed.",
    Standing.CANCELED: "It has ended, and nothing more is charged.",
}
_END_REASONS: Final[Mapping[str, str]] = {
    "cancellation_requested": "It was cancelled on request, and nothing more is charged.",
    "payment_failed": "It ended because charges failed until Stripe stopped trying.",
    "payment_disputed": "It ended because a payment was disputed.",
}

_CHECKOUT_REASONS: Final[Mapping[CheckoutStatus, str]] = {
    CheckoutStatus.OPENING: "We asked Stripe for a payment page and have no answer on record.",
    CheckoutStatus.OPEN: "The reader was sent to Stripe and has not finished; the page closes on {closes}.",
    CheckoutStatus.PROCESSING: "The reader has done their part, and the bank has not confirmed yet.",
    CheckoutStatus.PAID: "Stripe confirmed the payment{ended}.",
    CheckoutStatus.UNPAID: "The reader has done their part, and the bank refused.",
    CheckoutStatus.EXPIRED: "The reader left without paying: the page closed{ended} and nothing was charged.",
    CheckoutStatus.FAILED: "Stripe refused to open a payment page, so nothing was charged.",
}
_LATER_REASONS: Final[Mapping[CheckoutStatus, str]] = {
    CheckoutStatus.PROCESSING: "Agreed: first charged on {begins}.",
    CheckoutStatus.UNPAID: "It was to begin on {begins}; the bank refused, or the gift was ended before it.",
    CheckoutStatus.EXPIRED: "The reader left without agreeing: the page closed{ended}; nothing was charged.",
}
_OVERDUE: Final = "Stripe's page closed on {closes}; what came of it is not known to us yet."

Moment = Callable[[datetime], str]
"""How the page writes an instant."""


def why_subscription(record: SupporterRecord, subscription: Subscription, moment: Moment) -> str:
    """Why the subscription stands as it does, and how we know."""
    stripe_id = subscription.stripe_subscription_id
    return " ".join(
        part
        for part in (
            _reason_of_standing(subscription, moment),
            _how_we_know(record, ObjectKind.SUBSCRIPTION, stripe_id, moment),
            why_not_applied(record.ticket_of(ObjectKind.SUBSCRIPTION, stripe_id), moment),
        )
        if part
    )


def why_checkout(record: SupporterRecord, checkout: Checkout, now: datetime, moment: Moment) -> str:
    """Why the attempt got as far as it did, and how we know."""
    session_id = checkout.stripe_session_id
    return " ".join(
        part
        for part in (
            _reason_of_checkout(checkout, now, moment),
            _how_we_know(record, ObjectKind.CHECKOUT_SESSION, session_id, moment),
            why_not_applied(record.ticket_of(ObjectKind.CHECKOUT_SESSION, session_id), moment),
        )
        if part
    )


def checkout_name(checkout: Checkout) -> str:
    """How far the attempt got, in a word or two."""
    later = _LATER_NAMES.get(checkout.status) if checkout.first_charge_at else None
    return later or _CHECKOUT_NAMES[checkout.status]


def why_not_applied(ticket: StripeObject | None, moment: Moment) -> str:
    """What keeps Stripe's latest news from our rows; nothing where they are up to date."""
    if ticket is None:
        return ""
    problem = f": {ticket.problem}" if ticket.problem else ""
    if ticket.quarantined_at is not None:
        return f"Set aside on {moment(ticket.quarantined_at)} and not tried again{problem}."
    if ticket.applied >= ticket.generation:
        return ""
    if ticket.tries:
        tried = "once" if ticket.tries == 1 else f"{ticket.tries} times"
        return (
            f"There is news from Stripe that could not be applied, tried {tried}{problem}. "
            f"Next try: {moment(ticket.next_try_at)}."
        )
    return "There is news from Stripe that is waiting to be applied."


def _reason_of_standing(subscription: Subscription, moment: Moment) -> str:
    if subscription.ended_at is not None:
        known = _END_REASONS.get(subscription.end_reason or "")
        return known or _STANDING_REASONS[subscription.standing]
    if subscription.is_collection_paused:
        until = f" until {moment(subscription.resumes_at)}" if subscription.resumes_at else ""
        return f"Charging is paused{until}, so it is not in MRR."
    reason = _STANDING_REASONS[subscription.standing]
    if subscription.cancels_at is not None:
        return f"{reason} It is set to end on {moment(subscription.cancels_at)}."
    return reason


def _reason_of_checkout(checkout: Checkout, now: datetime, moment: Moment) -> str:
    is_overdue = checkout.status is CheckoutStatus.OPEN and checkout.expires_at <= now
    begins_at = checkout.first_charge_at
    later = _LATER_REASONS.get(checkout.status) if begins_at else None
    reason = _OVERDUE if is_overdue else later or _CHECKOUT_REASONS[checkout.status]
    ended = f" on {moment(checkout.ended_at)}" if checkout.ended_at else ""
    begins = moment(begins_at) if begins_at else ""
    return reason.format(closes=moment(checkout.expires_at), ended=ended, begins=begins)


def _how_we_know(record: SupporterRecord, kind: ObjectKind, stripe_id: str | None, moment: Moment) -> str:
    event = record.last_event_of(kind, stripe_id)
    if event is not None:
        return f"Stripe's last word on it was {event.type}, received {moment(event.received_at)}."
    ticket = record.ticket_of(kind, stripe_id)
    if ticket is not None and ticket.looked_at is not None:
        return f"We looked at it ourselves at Stripe on {moment(ticket.looked_at)}."
    return ""
