"""One supporter's history: every change with its cause, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from donations.domain.adjustments import AdjustmentKind
from donations.domain.amounts import format_money
from donations.domain.checkouts import CheckoutStatus
from donations.domain.disputes import DisputeStatus
from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, MovementKind
from donations.domain.refunds import RefundStatus
from donations.domain.suppressions import SuppressionReason
from donations.models import Checkout, Disposition, DonationSource, OutboxMessage, OutboxStatus, Subscription
from donations.reports.reasons import checkout_name
from donations.reports.refund_states import REASON_NAMES, state_of
from donations.reports.supporter_record import SupporterRecord
from donations.reports.tones import Tone
from donations.reports.words import FREQUENCY_NAMES, LOCALE, METHOD_NAMES

MOST_ENTRIES: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `cause` says why we believe it, or what it led to."""

    at: datetime
    what: str
    cause: str
    tone: Tone = Tone.PLAIN


def entries_of(record: SupporterRecord, letter_names: Mapping[str, str]) -> tuple[Entry, ...]:
    """All of them. Whoever shows them may stop at `MOST_ENTRIES`, and says so.

    `letter_names` are those of the kinds of letters, by what the outbox calls them.
    """
    found = (
        Entry(record.supporter.created_at, "First seen", "This address was used to give for the first time"),
        *_checkouts(record),
        *_donations(record),
        *_subscriptions(record),
        *_refund_requests(record),
        *_refunds(record),
        *_disputes(record),
        *_adjustments(record),
        *_messages(record, letter_names),
        *_movements(record),
        *_events(record),
        *_tickets(record),
        *_suppression(record),
        *_erasure(record),
    )
    # Sorted and then turned round, so that at one moment the effect stands above its cause.
    return tuple(sorted(found, key=lambda entry: entry.at))[::-1]


def _written(amount: int, currency: str) -> str:
    return format_money(Money(amount, currency), LOCALE)


def _gift(row: Checkout | Subscription, amount: int) -> str:
    return f"{_written(amount, row.currency)} {FREQUENCY_NAMES[row.frequency].lower()}"


_CHECKOUT_TONES: Final[Mapping[CheckoutStatus, Tone]] = {
    CheckoutStatus.PAID: Tone.GOOD,
    CheckoutStatus.UNPAID: Tone.WARNING,
    CheckoutStatus.FAILED: Tone.BAD,
}


def _checkouts(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.checkouts:
        gift = _gift(each, each.charge_amount)
        came_from = ", ".join(part for part in (each.article, each.placement, each.campaign) if part)
        cause = f"The reader sent the form{f' ({came_from})' if came_from else ''}"
        yield Entry(each.created_at, f"Checkout opened: {gift}", f"{cause}; reference {each.reference}")
        if each.ended_at is not None:
            name = checkout_name(each).lower()
            tone = _CHECKOUT_TONES.get(each.status, Tone.PLAIN)
            session = each.stripe_session_id or "no session at Stripe"
            yield Entry(each.ended_at, f"Checkout {name}: {gift}", f"As Stripe's {session} says", tone)


def _donations(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.donations:
        cause = f"Recorded from Stripe's payment {each.stripe_payment_intent_id}"
        if each.source is DonationSource.OFFLINE:
            method = f": {METHOD_NAMES[each.method].lower()}" if each.method else ""
            cause = f"Entered by staff on {each.recorded_at:%Y-%m-%d}{method}"
        what = f"Donation: {_written(each.amount, each.currency)} {FREQUENCY_NAMES[each.frequency].lower()}"
        yield Entry(each.charged_at, what, cause, Tone.GOOD)


def _subscriptions(record: SupporterRecord) -> Iterator[Entry]:
    checkouts = {each.id: each for each in record.checkouts}
    for each in record.subscriptions:
        gift, stripe_id = _gift(each, each.amount), each.stripe_subscription_id
        # As it was begun: what it is by now may be another amount, or another rhythm.
        checkout = checkouts.get(each.checkout_id)
        first = gift if checkout is None else _gift(checkout, checkout.charge_amount)
        yield Entry(each.started_at, f"Recurring gift begun: {first}", f"Told by Stripe's {stripe_id}")
        if each.first_paid_at is not None:
            yield Entry(
                each.first_paid_at, f"Recurring gift first paid: {first}", "It counts from here on", Tone.GOOD
            )
        if each.ended_at is not None:
            reason = (each.end_reason or "no reason given").replace("_", " ")
            yield Entry(
                each.ended_at, f"Recurring gift ended: {gift}", f"Stripe says: {reason}", Tone.WARNING
            )


def _refund_requests(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.refund_requests:
        amount = _written(each.amount, each.currency)
        cause = f"By staff, as: {REASON_NAMES[each.reason].lower()}; request {each.reference}"
        yield Entry(each.created_at, f"Refund asked for: {amount}", cause)
        state = state_of(each, None)
        if each.answered_at is not None:
            at_stripe = f"Stripe's {each.stripe_refund_id}" if each.stripe_refund_id else state.why or ""
            yield Entry(each.answered_at, f"Refund {state.name.lower()}: {amount}", at_stripe, state.tone)
        elif each.tries:
            yield Entry(
                each.next_try_at, f"Refund, {state.name.lower()}: {amount}", state.why or "", state.tone
            )


def _refunds(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.refunds:
        amount, status = _written(each.amount, each.currency), each.status.replace("_", " ")
        tone = Tone.BAD if each.status is RefundStatus.FAILED else Tone.WARNING
        reason = (each.reason or "no reason given").replace("_", " ")
        yield Entry(
            each.refunded_at,
            f"Refund {status}: {amount}",
            f"Stripe's {each.stripe_refund_id}: {reason}",
            tone,
        )


def _disputes(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.disputes:
        amount, status = _written(each.amount, each.currency), each.status.replace("_", " ")
        tone = Tone.PLAIN if each.status is DisputeStatus.WON else Tone.BAD
        reason = (each.reason or "no reason given").replace("_", " ")
        what = f"Dispute opened: {amount}, now {status}"
        yield Entry(each.opened_at, what, f"Stripe's {each.stripe_dispute_id}: {reason}", tone)


def _adjustments(record: SupporterRecord) -> Iterator[Entry]:
    """When money went or came back by the books. A refund that was made is told by the refund itself."""
    for each in record.adjustments:
        amount, stripe_id = _written(abs(each.amount), each.currency), each.stripe_id
        if each.amount < 0:
            what = f"{each.kind.value.capitalize()} taken back: {amount} is ours again"
            cause = f"Stripe's {stripe_id} counts no more; earlier figures stay as they were known"
            yield Entry(each.recorded_at, what, cause, Tone.GOOD)
        elif each.kind is AdjustmentKind.DISPUTE:
            what = f"Dispute lost: {amount} is gone"
            cause = f"Stripe's {stripe_id}; it counts on the day it was opened, {each.occurred_on}"
            yield Entry(each.recorded_at, what, cause, Tone.BAD)


def _messages(record: SupporterRecord, names: Mapping[str, str]) -> Iterator[Entry]:
    for each in record.messages:
        name, cause = message_name(each, names), f"Because of {each.cause}"
        yield Entry(each.created_at, f"Email {name} asked for", cause)
        if each.sent_at is not None:
            yield Entry(each.sent_at, f"Email {name} sent", cause)
        elif each.skipped_at is not None:
            yield Entry(
                each.skipped_at, f"Email {name} not needed any more", each.problem or "no reason was noted"
            )
        elif each.status is OutboxStatus.FAILED:
            why = each.problem or "no reason was noted"
            yield Entry(each.next_try_at, f"Email {name} not sent", why, Tone.BAD)


_MOVEMENT_TONES: Final[Mapping[MovementKind, Tone]] = {
    MovementKind.DOWNGRADED: Tone.WARNING,
    MovementKind.CHURNED: Tone.WARNING,
    MovementKind.PAUSED: Tone.PLAIN,
}


def _movements(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.movements:
        monthly = _written(round(abs(each.annual_amount) / MONTHS_A_YEAR), each.currency)
        sign = "−" if each.annual_amount < 0 else "+"
        what = f"Recurring revenue {each.kind.value}: {sign}{monthly} a month"
        reasons = (each.cause, each.tag)
        why = ", ".join(reason.value.replace("_", " ") for reason in reasons if reason is not None)
        cause = f"In the ledger since {each.recorded_at:%Y-%m-%d}{f': {why}' if why else ''}"
        yield Entry(each.occurred_at, what, cause, _MOVEMENT_TONES.get(each.kind, Tone.GOOD))


def message_name(message: OutboxMessage, names: Mapping[str, str]) -> str:
    """Which email it is, as staff call it."""
    return f"“{names.get(message.kind, message.kind.replace('_', ' '))}”"


_DISPOSITIONS: Final[Mapping[Disposition, tuple[str, Tone]]] = {
    Disposition.MARKED: ("To be looked at again", Tone.STRIPE),
    Disposition.SET_ASIDE: ("Set aside: a kind of event that we do not follow", Tone.PLAIN),
    Disposition.QUARANTINED: ("Quarantined", Tone.BAD),
}


def _events(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.events:
        fate, tone = _DISPOSITIONS[each.disposition]
        note = f" ({each.note})" if each.note else ""
        cause = f"About {each.stripe_object_id}. {fate}{note}; event {each.stripe_event_id}"
        yield Entry(each.received_at, f"Stripe told us: {each.type}", cause, tone)


def _tickets(record: SupporterRecord) -> Iterator[Entry]:
    for each in record.tickets:
        problem = each.problem or "no reason was noted"
        if each.quarantined_at is not None:
            what = f"Looking at {each.stripe_id} was given up"
            yield Entry(each.quarantined_at, what, problem, Tone.BAD)
        elif each.tries and each.applied < each.generation:
            what = f"Looking at {each.stripe_id} keeps failing ({each.tries} tries)"
            yield Entry(each.marked_at, what, problem, Tone.BAD)
        elif each.looked_at is not None:
            what = f"Looked at {each.stripe_id} at Stripe"
            yield Entry(each.looked_at, what, "Its state is in our rows", Tone.STRIPE)


SUPPRESSIONS: Final[Mapping[str, str]] = {
    SuppressionReason.BOUNCE: "mail to this address came back",
    SuppressionReason.COMPLAINT: "somebody complained about mail to this address",
}


def _suppression(record: SupporterRecord) -> Iterator[Entry]:
    supporter = record.supporter
    if supporter.suppressed_at is not None:
        why = SUPPRESSIONS[supporter.suppression_reason or SuppressionReason.BOUNCE]
        yield Entry(supporter.suppressed_at, "Emails stopped", f"Because {why}", Tone.WARNING)


def _erasure(record: SupporterRecord) -> Iterator[Entry]:
    wish = record.erasure
    if wish is None:
        return
    yield Entry(wish.asked_at, "Erasure asked for", "The supporter wants to be forgotten", Tone.WARNING)
    if wish.problem is not None:
        what = f"Erasure keeps failing ({wish.tries} tries)"
        yield Entry(wish.asked_at, what, wish.problem, Tone.BAD)
    if record.supporter.erased_at is not None:
        cause = "Address and name are gone; what was given stays in the accounts"
        yield Entry(record.supporter.erased_at, "Erased", cause)
