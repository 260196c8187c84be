"""Charges: one try of a payment intent. There is no `invoice`; `balance_transaction` may come later."""

from __future__ import annotations

from dataclasses import dataclass

from donations.sandbox.api.lists import as_list
from donations.sandbox.cards import Behaviour, Instrument
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects.payment_method import billing_details, details_on_charge
from donations.sandbox.store import Condition
from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank said no, in Stripe's words."""

    code: str
    decline_code: str | None
    message: str


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
INSUFFICIENT_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
DEBIT_REFUSED = Decline(
    "payment_intent_payment_attempt_failed",
    None,
    "The debit was refused because the account has insufficient funds.",
)


def decline_for(behaviour: Behaviour) -> Decline:
    if behaviour is Behaviour.DEBIT_FAILS:
        return DEBIT_REFUSED
    return INSUFFICIENT_FUNDS if behaviour is Behaviour.INSUFFICIENT_FUNDS else GENERIC


_ABSENT = (
    "application", "application_fee", "application_fee_amount", "balance_transaction",
    "failure_balance_transaction", "on_behalf_of", "receipt_number", "review", "shipping",
    "source_transfer", "statement_descriptor", "statement_descriptor_suffix", "transfer_data",
    "transfer_group",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""


def new_charge(
    world: World,
    intent: Document,
    instrument: Instrument,
    *,
    payment_method: str,
    email: str | None,
    status: str,
    decline: Decline | None = None,
    is_authenticated: bool = False,
) -> Document:
    """A charge of the whole intent: `succeeded`, `pending` (a debit on its way) or `failed`."""
    charge_id = new_id("ch" if instrument.type == "card" else "py")
    is_good = status != "failed"
    return world.store.save(
        {
            "id": charge_id,
            "object": "charge",
            **dict.fromkeys(_ABSENT),
            **_of_intent(intent),
            "amount_captured": intent["amount"] if is_good else 0,
            "amount_refunded": 0,
            "billing_details": billing_details(email),
            "calculated_statement_descriptor": "SANDBOX",
            "captured": is_good,
            "created": world.now(),
            "disputed": False,
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "livemode": False,
            "outcome": _outcome(decline),
            "paid": is_good,
            "payment_method": payment_method,
            "payment_method_details": details_on_charge(instrument, is_authenticated=is_authenticated),
            "radar_options": {},
            "receipt_url": f"{world.base_url}/receipts/{charge_id}" if is_good else None,
            "refunded": False,
            "status": status,
        }
    )


def _of_intent(intent: Document) -> Document:
    copied = ("amount", "currency", "customer", "description", "metadata", "receipt_email")
    return {**{name: intent[name] for name in copied}, "payment_intent": intent["id"]}


def refunds_of(world: World, charge: Document) -> Document:
    """The list that `expand[]=refunds` includes."""
    found = world.store.search("refund", [Condition("charge", charge["id"])], limit=10)
    return as_list(found, f"/v1/charges/{charge['id']}/refunds")


def card_error(decline: Decline, charge_id: str, method: Document) -> Document:
    """The `last_payment_error` of an intent."""
    error: Document = {
        "charge": charge_id,
        "code": decline.code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": method,
        "type": "card_error",
    }
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    return error


def _outcome(decline: Decline | None) -> Document:
    if decline:
        return {
            "advice_code": "try_again_later" if decline.decline_code == "insufficient_funds" else None,
            "network_advice_code": None,
            "network_decline_code": "51" if decline.decline_code == "insufficient_funds" else "01",
            "network_status": "declined_by_network",
            "reason": decline.decline_code,
            "risk_level": "normal",
            "risk_score": 10,
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 10,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
