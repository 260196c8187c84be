"""The steps that every payment takes, whoever asked for it: succeed, fail, or wait."""

from __future__ import annotations

from dataclasses import dataclass

from donations.sandbox.cards import Behaviour, Instrument
from donations.sandbox.document import Document
from donations.sandbox.objects.balance_transaction import for_charge
from donations.sandbox.objects.charge import card_error, decline_for, new_charge
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Payer:
    email: str
    instrument: Instrument
    is_authenticated: bool = False


def succeed(
    world: World, intent: Document, method: Document, payer: Payer, *, settles_at_once: bool
) -> tuple[Document, Document]:
    """A good charge of the whole intent. Returns the charge and the intent, and emits nothing."""
    charge = new_charge(
        world,
        intent,
        payer.instrument,
        payment_method=method["id"],
        email=payer.email,
        status="succeeded",
        is_authenticated=payer.is_authenticated,
    )
    if settles_at_once:
        charge = world.store.save({**charge, "balance_transaction": for_charge(world, charge)["id"]})
    return charge, world.store.save(as_succeeded(intent, charge))


def as_succeeded(intent: Document, charge: Document) -> Document:
    return {
        **intent,
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": charge["payment_method"],
        "status": "succeeded",
    }


def decline(world: World, intent: Document, payer: Payer, *, method: Document | None = None) -> Document:
    """A charge that the bank refused: charge.failed, payment_intent.payment_failed. Returns the intent."""
    reason = decline_for(payer.instrument.behaviour)
    used = method or new_payment_method(world, payer.instrument, email=payer.email)
    charge = new_charge(
        world,
        intent,
        payer.instrument,
        payment_method=used["id"],
        email=payer.email,
        status="failed",
        decline=reason,
    )
    failed = world.store.save(
        {
            **intent,
            "last_payment_error": card_error(reason, charge["id"], used),
            "latest_charge": charge["id"],
            "next_action": None,
            "payment_method": None,
            "status": "requires_payment_method",
        }
    )
    emit(world, "charge.failed", charge)
    emit(world, "payment_intent.payment_failed", failed)
    return failed


def attach_balance_transaction(world: World, charge_id: str) -> None:
    """What Stripe learns a moment after the charge: fee, net and settlement currency."""
    before = world.store.get(charge_id)
    if before["balance_transaction"] is not None:
        return
    after = {**before, "balance_transaction": for_charge(world, before)["id"]}
    emit_update(world, "charge.updated", before, world.store.save(after))


_AFTERMATHS = {
    Behaviour.DISPUTED: "dispute_charge",
    Behaviour.ASKED_ABOUT: "inquire_about_charge",
    Behaviour.SUSPECTED: "warn_of_fraud",
}


def schedule_aftermath(world: World, charge_id: str, behaviour: Behaviour, *, delay: float) -> None:
    """What the reader's bank does after a payment with one of the cards that bring trouble."""
    if behaviour in _AFTERMATHS:
        schedule(world, _AFTERMATHS[behaviour], charge_id, delay=delay)
