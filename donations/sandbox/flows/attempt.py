"""A reader presses "pay" on the hosted page: one attempt, and what comes of it."""

from __future__ import annotations

from enum import StrEnum

from donations.sandbox.cards import Behaviour, Instrument
from donations.sandbox.document import Document
from donations.sandbox.flows import authenticate, debit, pay_once, start_later, subscribe
from donations.sandbox.flows.payment import Payer, decline
from donations.sandbox.objects import metadata
from donations.sandbox.objects.payment_intent import new_intent, read_shipping
from donations.sandbox.objects.payment_method import new_payment_method
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World


class Outcome(StrEnum):
    COMPLETED = "completed"
    DECLINED = "declined"
    CHALLENGED = "challenged"


_WITHOUT_PAYMENT = {
    "succeeded": Outcome.COMPLETED,
    "requires_action": Outcome.CHALLENGED,
    "requires_payment_method": Outcome.DECLINED,
}


def submit(world: World, session: Document, payer: Payer) -> Outcome:
    """Try to pay an open session. A decline leaves it open, and makes no subscription."""
    world = _in_time_of_customer(world, session)
    if session["amount_total"] == 0:
        return _WITHOUT_PAYMENT[start_later.try_card(world, session, payer)]
    intent, created = _intent_of(world, session)
    behaviour = payer.instrument.behaviour
    if behaviour is Behaviour.CHALLENGE and not payer.is_authenticated:
        _challenge(world, session, intent, created, payer)
        return Outcome.CHALLENGED
    if _is_declined(behaviour, session["mode"]):
        if created:
            emit(world, "payment_intent.created", created)
        decline(world, intent, payer)
        return Outcome.DECLINED
    _complete(world, session, intent, created, payer)
    return Outcome.COMPLETED


def answer_challenge(world: World, session: Document, *, passed: bool) -> Outcome:
    """The reader's bank has asked, and the reader has answered."""
    kept = world.store.private(session["id"])["challenge"]
    world.store.save(session, challenge=None)
    instrument = Instrument.from_json(kept["instrument"])
    payer = Payer(kept["email"], instrument, is_authenticated=True)
    if passed:
        return submit(world, session, payer)
    if session["amount_total"] == 0:
        start_later.fail_challenge(world, session)
        return Outcome.DECLINED
    intent, _ = _intent_of(world, session)
    authenticate.refuse(world, intent, new_payment_method(world, instrument, email=payer.email))
    return Outcome.DECLINED


def last_error(world: World, session: Document) -> str | None:
    """Why the last attempt failed, in the words that Stripe shows to the reader."""
    intent = world.store.find(world.store.private(session["id"]).get("intent", ""))
    error = intent["last_payment_error"] if intent else start_later.last_error(world, session)
    return error["message"] if error else None


def _in_time_of_customer(world: World, session: Document) -> World:
    return in_time_of(world, world.store.get(session["customer"])) if session["customer"] else world


def _is_declined(behaviour: Behaviour, mode: str) -> bool:
    """The card that "fails later" pays the first invoice, so that its renewals can be rehearsed."""
    if behaviour is Behaviour.FAILS_LATER:
        return mode == "payment"
    return behaviour in {Behaviour.DECLINED, Behaviour.INSUFFICIENT_FUNDS}


def _complete(
    world: World, session: Document, intent: Document, created: Document | None, payer: Payer
) -> None:
    is_debit = payer.instrument.type == "sepa_debit"
    if session["mode"] == "subscription":
        finish = debit.start_subscription if is_debit else subscribe.complete
    else:
        finish = debit.start_once if is_debit else pay_once.complete
    finish(world, session, intent, created, payer)


def _intent_of(world: World, session: Document) -> tuple[Document, Document | None]:
    """The session's one payment intent, made at the first attempt; and that new one, if it is new."""
    private = world.store.private(session["id"])
    if "intent" in private:
        return world.store.get(private["intent"]), None
    data = private["payment_intent_data"]
    recurring = session["mode"] == "subscription"
    intent = new_intent(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        metadata=metadata.checked(data.get("metadata")),
        capture_method="automatic" if recurring else "automatic_async",
        description=data.get("description"),
        off_session=recurring,
    )
    intent["shipping"] = read_shipping(data.get("shipping"))
    intent["setup_future_usage"] = data.get("setup_future_usage", intent["setup_future_usage"])
    world.store.save(intent)
    if not recurring:
        session["payment_intent"] = intent["id"]
    world.store.save(session, intent=intent["id"])
    return intent, intent


def _challenge(
    world: World, session: Document, intent: Document, created: Document | None, payer: Payer
) -> None:
    method = new_payment_method(world, payer.instrument, email=payer.email)
    waiting = {
        **intent,
        "last_payment_error": None,
        "next_action": {
            "redirect_to_url": {
                "return_url": session["success_url"],
                "url": f"{world.base_url}/c/challenge/{session['id']}",
            },
            "type": "redirect_to_url",
        },
        "payment_method": method["id"],
        "status": "requires_action",
    }
    world.store.save(session, challenge={"email": payer.email, "instrument": payer.instrument.to_json()})
    emit(world, "payment_intent.requires_action", world.store.save(waiting))
    if created:
        emit(world, "payment_intent.created", created)
