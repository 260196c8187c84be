"""The page behind a Checkout Session as an API: how Stripe's CLI pays one without a browser."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.flows.attempt import Outcome, submit
from donations.sandbox.flows.keep_method import refusal
from donations.sandbox.flows.payment import Payer
from donations.sandbox.objects import checkout_session
from donations.sandbox.objects.charge import Decline
from donations.sandbox.objects.payment_method import instrument_of, of_customer
from donations.sandbox.world import World


def retrieve(call: Call) -> Document:
    return _page(checkout_session.retrieve(call))


def confirm(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, ["expected_amount", "payment_method", "return_url"])
    session = checkout_session.retrieve(call)
    if session["status"] != "open":
        raise ApiError(f"This Checkout Session is {session['status']}.", param="session")
    if given.get("expected_amount", session["amount_total"]) != session["amount_total"]:
        raise invalid("The amount of the Checkout Session has changed.", "expected_amount")
    method = of_customer(world, given["payment_method"], session["customer"])
    if method["type"] not in session["payment_method_types"]:
        raise invalid(f"This Checkout Session does not take `{method['type']}`.", "payment_method")
    payer = Payer(_email(world, session, method), instrument_of(world, method))
    if submit(world, session, payer) is Outcome.DECLINED:
        raise _declined(world, session)
    return _page(world.store.get(session["id"]))


def _email(world: World, session: Document, method: Document) -> str:
    email: str | None = session["customer_email"]
    if session["customer"]:
        email = world.store.get(session["customer"])["email"]
    email = email or method["billing_details"]["email"]
    if not email:
        raise invalid("You must provide an email address to confirm the payment page.", "payment_method")
    return email


def _declined(world: World, session: Document) -> ApiError:
    intent = world.store.get(world.store.private(session["id"])["intent"])
    error = intent["last_payment_error"]
    reason = Decline(error["code"], error.get("decline_code"), error["message"])
    return refusal(reason, leaves_traces=True, payment_intent=intent)


def _page(session: Document) -> Document:
    shown = (
        "amount_total",
        "currency",
        "livemode",
        "mode",
        "payment_intent",
        "payment_status",
        "status",
        "url",
    )
    return {
        "id": f"ppage_{session['id'].rpartition('_')[2][:24]}",
        "object": "payment_page",
        "session_id": session["id"],
        **{name: session[name] for name in shown},
    }
