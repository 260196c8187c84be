"""Payment methods: what the reader's card or bank account looks like from outside."""

from __future__ import annotations

from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.cards import Behaviour, Instrument, named_card
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.world import World


def new_payment_method(
    world: World, instrument: Instrument, *, email: str | None, customer: str | None = None
) -> Document:
    method: Document = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(email),
        "created": world.now(),
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": instrument.type,
    }
    method[instrument.type] = _card(instrument) if instrument.type == "card" else _sepa_debit(instrument)
    return world.store.save(method, behaviour=instrument.behaviour.value)


def usable_method(world: World, given: str, param: str = "payment_method") -> Document:
    """The payment method that a parameter names. A name such as `pm_card_visa` makes a fresh one."""
    instrument = named_card(given, world.now()) if given.startswith("pm_") else None
    if instrument is None:
        return referenced(world, "payment_method", given, param)
    return new_payment_method(world, instrument, email=None)


def of_customer(world: World, given: str, customer: str | None, param: str = "payment_method") -> Document:
    """A method that may pay for this customer: nobody's, or the customer's own."""
    method = usable_method(world, given, param)
    if method["customer"] not in {None, customer}:
        raise ApiError(
            "The payment method you provided is attached to a customer so for security purposes you must"
            " provide the customer in the request.",
            param=param,
        )
    if world.store.private(method["id"]).get("is_spent"):
        raise ApiError(
            "The provided PaymentMethod was previously used or was detached from a Customer, and may not be"
            " used again.",
            param=param,
        )
    return method


def kept_by(world: World, given: str, customer_id: str, param: str = "default_payment_method") -> Document:
    """A method that the customer keeps, so that it may be charged from now on."""
    method = of_customer(world, given, customer_id, param)
    if method["customer"] != customer_id:
        raise invalid(
            "The customer does not have a payment method with the ID"
            f" {method['id']}. The payment method must be attached to the customer.",
            param,
            "resource_missing",
        )
    return method


def instrument_of(world: World, method: Document) -> Instrument:
    """What pays, read back from what the API shows of the method and from its test card."""
    known = method[method["type"]]
    return Instrument(
        type=method["type"],
        behaviour=Behaviour(world.store.private(method["id"])["behaviour"]),
        last4=known["last4"],
        fingerprint=known["fingerprint"],
        brand=known.get("brand", ""),
        exp_month=known.get("exp_month", 0),
        exp_year=known.get("exp_year", 0),
        country=known["country"],
        bank_code=known.get("bank_code", ""),
    )


def billing_details(email: str | None) -> Document:
    nowhere = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": nowhere, "email": email, "name": None, "phone": None, "tax_id": None}


def details_on_charge(instrument: Instrument, *, is_authenticated: bool = False) -> Document:
    """The `payment_method_details` of a charge."""
    if instrument.type == "sepa_debit":
        return {
            "type": "sepa_debit",
            "sepa_debit": {
                "bank_code": instrument.bank_code,
                "branch_code": "",
                "country": instrument.country,
                "fingerprint": instrument.fingerprint,
                "last4": instrument.last4,
                "mandate": new_id("mandate"),
            },
        }
    return {"type": "card", "card": _card_on_charge(instrument, is_authenticated)}


def _card(instrument: Instrument) -> Document:
    return {
        "brand": instrument.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": instrument.country,
        "display_brand": instrument.brand,
        "exp_month": instrument.exp_month,
        "exp_year": instrument.exp_year,
        "fingerprint": instrument.fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": instrument.last4,
        "networks": {"available": [instrument.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _card_on_charge(instrument: Instrument, is_authenticated: bool) -> Document:
    authentication: Document = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": new_id("3ds"),
        "version": "2.2.0",
    }
    return {
        "authorization_code": "123456",
        "brand": instrument.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": instrument.country,
        "exp_month": instrument.exp_month,
        "exp_year": instrument.exp_year,
        "fingerprint": instrument.fingerprint,
        "funding": "credit",
        "installments": None,
        "last4": instrument.last4,
        "mandate": None,
        "network": instrument.brand,
        "network_token": {"used": False},
        "network_transaction_id": "104102102810101",
        "regulated_status": "unregulated",
        "three_d_secure": authentication if is_authenticated else None,
        "wallet": None,
    }


def _sepa_debit(instrument: Instrument) -> Document:
    return {
        "bank_code": instrument.bank_code,
        "branch_code": "",
        "country": instrument.country,
        "fingerprint": instrument.fingerprint,
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": instrument.last4,
    }
