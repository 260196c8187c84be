"""How a refund that staff asked for stands, in their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from donations.domain.refunds import RefundReason, RefundStatus
from donations.domain.written_calls import CallStatus
from donations.models import Refund, RefundRequest
from donations.reports.tones import Tone

REASON_NAMES: Final[Mapping[RefundReason, str]] = {
    RefundReason.REQUESTED: "The supporter asked for it",
    RefundReason.DUPLICATE: "Given twice by mistake",
    RefundReason.FRAUDULENT: "Fraud: the card was not theirs",
}

_AT_STRIPE: Final[Mapping[RefundStatus, tuple[str, Tone]]] = {
    RefundStatus.SUCCEEDED: ("Given back", Tone.GOOD),
    RefundStatus.PENDING: ("On its way to the bank", Tone.PLAIN),
    RefundStatus.REQUIRES_ACTION: ("Waits for the supporter’s bank details", Tone.WARNING),
    RefundStatus.FAILED: ("Failed: the bank sent the money back", Tone.BAD),
    RefundStatus.CANCELED: ("Cancelled at Stripe", Tone.BAD),
}

_WHY_REFUSED: Final[Mapping[str, str]] = {
    "charge_already_refunded": "all of the payment has been given back already",
    "charge_disputed": "the bank has disputed the payment",
    "payment_intent_unexpected_state": "the payment has not succeeded",
    "insufficient_funds": "there is too little money in the account at Stripe",
    "balance_insufficient": "there is too little money in the account at Stripe",
}


@dataclass(frozen=True, slots=True)
class RefundState:
    """`why` is a sentence; None where the name says all."""

    name: str
    why: str | None
    tone: Tone


def state_of(request: RefundRequest, refund: Refund | None) -> RefundState:
    """`refund` is what Stripe made of it; None until that was looked at."""
    match request.status:
        case CallStatus.ACCEPTED if refund is not None:
            name, tone = _AT_STRIPE[refund.status]
            return RefundState(name, None, tone)
        case CallStatus.ACCEPTED:
            why = "Stripe took it. It counts once it was looked at there, which takes some seconds."
            return RefundState("Accepted by Stripe", why, Tone.STRIPE)
        case CallStatus.REFUSED:
            return RefundState("Refused by Stripe", _why_refused(request.problem or ""), Tone.BAD)
        case CallStatus.LOST:
            why = "Stripe never answered, and has no such refund. It can be asked for again."
            return RefundState("Not made", why, Tone.BAD)
        case CallStatus.ASKING if request.tries:
            why = (
                "Stripe has not answered yet. It is looked for there and, if it is not there, asked for"
                " again; there is no need to ask twice."
            )
            return RefundState("No answer yet", why, Tone.WARNING)
        case CallStatus.ASKING:
            return RefundState("Asking Stripe", None, Tone.PLAIN)


def _why_refused(problem: str) -> str:
    known = next((why for code, why in _WHY_REFUSED.items() if f"code={code}" in problem), None)
    said = known or f"it said {problem or 'nothing more'}"
    return f"Nothing was given back: {said}."
