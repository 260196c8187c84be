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
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_good else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": billing_details(email),
            "calculated_statement_descriptor": "SANDBOX",
            "captured": is_good,
            "created": world.now(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "outcome": _outcome(decline),
            "paid": is_good,
            "payment_intent": intent["id"],
            "payment_method": payment_method,
            "payment_method_details": details_on_charge(instrument, is_authenticated=is_authenticated),
            "radar_options": {},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": f"{world.base_url}/receipts/{charge_id}" if is_good else None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": status,
            "transfer_data": None,
            "transfer_group": None,
        }
    )


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
