"""The hosted portal: a reader sees what is running, puts in another card, cancels, or thinks again.

A link with a `flow` leads to one task and, when that is done, back to where its maker said.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from donations.sandbox.cards import read_card
from donations.sandbox.document import Document
from donations.sandbox.flows import portal
from donations.sandbox.objects.portal_session import enter
from donations.sandbox.pages.portal_view import (
    Typed,
    leave,
    page,
    see_other,
    shown_invoices,
    shown_subscription,
)
from donations.sandbox.ticker import catch_up
from donations.sandbox.world import World

_FEEDBACK = frozenset(
    {
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
    }
)
_LONGEST_COMMENT = 500
_ROUTES = (
    ("", "GET", "home"),
    ("/card", "GET", "show_card"),
    ("/card", "POST", "change_card"),
    ("/challenge", "GET", "show_challenge"),
    ("/challenge", "POST", "answer_challenge"),
    ("/subscriptions/<subscription_id>/cancel", "GET", "show_cancel"),
    ("/subscriptions/<subscription_id>/cancel", "POST", "cancel"),
    ("/subscriptions/<subscription_id>/renew", "POST", "renew"),
    ("/done", "GET", "done"),
)


def make_blueprint(world: World) -> Blueprint:
    pages = _Pages(world)
    blueprint = Blueprint("portal", __name__)
    for path, method, name in _ROUTES:
        view = _inside_transaction(world, getattr(pages, name))
        blueprint.add_url_rule(f"/p/session/<session_id>{path}", name, view, methods=[method])
    return blueprint


def _inside_transaction(world: World, view: Callable[..., Response]) -> Callable[..., Response]:
    """Every page is for one session that still opens; the rest is told that it does not."""

    def show(session_id: str, **ids: str) -> Response:
        with world.store.transaction():
            session = enter(world, session_id)
            if session is None:
                return page("portal_closed.html", None, 404)
            response = view(session, **ids)
            catch_up(world)
            return response

    return show


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    def home(self, session: Document) -> Response:
        flow = session["flow"]
        if flow and flow["type"] == "payment_method_update":
            return see_other(session, "/card")
        if flow and flow["type"] == "subscription_cancel":
            return see_other(session, f"/subscriptions/{flow['subscription_cancel']['subscription']}/cancel")
        customer = self._world.store.get(session["customer"])
        running = portal.running_subscriptions(self._world, customer["id"])
        features = self._features(session)
        return page(
            "portal.html",
            session,
            customer=customer,
            features=features,
            subscriptions=[shown_subscription(self._world, each) for each in running],
            method=portal.default_method(self._world, customer),
            invoices=shown_invoices(self._world, customer) if features["invoice_history"]["enabled"] else [],
        )

    def show_card(self, session: Document) -> Response:
        return self._card_form(session, Typed())

    def change_card(self, session: Document) -> Response:
        if not self._features(session)["payment_method_update"]["enabled"]:
            return page("portal_closed.html", session, 404)
        given = (request.form.get(name, "") for name in ("cardNumber", "cardExpiry", "cardCvc"))
        instrument, errors = read_card(*given, now=self._world.now())
        if instrument is None:
            return self._card_form(session, Typed(request.form, errors), 422)
        return self._after_card(session, portal.change_card(self._world, session, instrument))

    def show_challenge(self, session: Document) -> Response:
        if not self._world.store.private(session["id"]).get("challenge"):
            return see_other(session)
        return page("portal_challenge.html", session)

    def answer_challenge(self, session: Document) -> Response:
        if not self._world.store.private(session["id"]).get("challenge"):
            return see_other(session)
        passed = request.form.get("outcome") == "complete"
        return self._after_card(session, portal.answer_challenge(self._world, session, passed=passed))

    def show_cancel(self, session: Document, subscription_id: str) -> Response:
        subscription = self._subscription(session, subscription_id)
        if subscription is None or not self._features(session)["subscription_cancel"]["enabled"]:
            return page("portal_closed.html", session, 404)
        if portal.is_ending(subscription):
            return see_other(session, "/done?of=cancel") if session["flow"] else see_other(session)
        return page(
            "portal_cancel.html",
            session,
            subscription=shown_subscription(self._world, subscription),
            settings=self._features(session)["subscription_cancel"],
        )

    def cancel(self, session: Document, subscription_id: str) -> Response:
        """A reader who presses twice has canceled once."""
        subscription = self._subscription(session, subscription_id)
        if subscription is None or not self._features(session)["subscription_cancel"]["enabled"]:
            return page("portal_closed.html", session, 404)
        feedback, comment = request.form.get("feedback", ""), request.form.get("comment", "").strip()
        given: Document = {
            "comment": comment[:_LONGEST_COMMENT] or None,
            "feedback": feedback if feedback in _FEEDBACK else None,
        }
        if request.form.get("when") == "now":
            portal.end_at_once(self._world, subscription, given)
        elif not portal.is_ending(subscription):
            portal.end_with_period(self._world, subscription, given)
        return self._after_task(session, "cancel")

    def renew(self, session: Document, subscription_id: str) -> Response:
        subscription = self._subscription(session, subscription_id)
        if subscription is None:
            return page("portal_closed.html", session, 404)
        if portal.is_ending(subscription):
            portal.go_on(self._world, subscription)
        return see_other(session)

    def done(self, session: Document) -> Response:
        after = session["flow"]["after_completion"] if session["flow"] else None
        words = (
            after["hosted_confirmation"]["custom_message"] if after and after["hosted_confirmation"] else None
        )
        return page("portal_done.html", session, words=words, of=request.args.get("of"))

    def _features(self, session: Document) -> Document:
        return self._world.store.get(session["configuration"])["features"]

    def _subscription(self, session: Document, subscription_id: str) -> Document | None:
        """The reader's own, and still running."""
        running = portal.running_subscriptions(self._world, session["customer"])
        return next((found for found in running if found["id"] == subscription_id), None)

    def _card_form(self, session: Document, typed: Typed, status: int = 200) -> Response:
        if not self._features(session)["payment_method_update"]["enabled"]:
            return page("portal_closed.html", session, 404)
        customer = self._world.store.get(session["customer"])
        running = portal.running_subscriptions(self._world, customer["id"])
        method = portal.default_method(self._world, customer, running[0] if running else None)
        return page("portal_card.html", session, status, typed=typed, method=method)

    def _after_card(self, session: Document, intent: Document) -> Response:
        if intent["status"] == "requires_action":
            return see_other(session, "/challenge")
        if intent["status"] != "succeeded":
            return self._card_form(session, Typed(declined=intent["last_setup_error"]["message"]), 402)
        return self._after_task(session, "card")

    def _after_task(self, session: Document, of: str) -> Response:
        if session["flow"] is None:
            return see_other(session)
        after = session["flow"]["after_completion"]
        if after["type"] == "redirect":
            return leave(after["redirect"]["return_url"])
        return see_other(session, f"/done?of={of}")
