"""The hosted checkout page: one plain form, with the field names of Stripe's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request

from donations.sandbox.cards import Instrument, NotACard, read_card, read_iban
from donations.sandbox.document import Document
from donations.sandbox.email_address import is_address
from donations.sandbox.flows.attempt import Outcome, answer_challenge, last_error, submit
from donations.sandbox.flows.payment import Payer
from donations.sandbox.money import display
from donations.sandbox.objects.checkout_session import expire_if_due
from donations.sandbox.ticker import catch_up
from donations.sandbox.world import World

_EVERY = {"day": "every day", "week": "every week", "month": "every month", "year": "every year"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What the reader typed, and what is wrong with it. The security code is never sent back."""

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    declined: str | None = None


def make_blueprint(world: World) -> Blueprint:
    pages = _Pages(world)
    blueprint = Blueprint("checkout", __name__)
    blueprint.add_url_rule("/c/pay/<session_id>", "show", pages.show, methods=["GET"])
    blueprint.add_url_rule("/c/pay/<session_id>", "pay", pages.pay, methods=["POST"])
    blueprint.add_url_rule("/c/challenge/<session_id>", "challenge", pages.challenge, methods=["GET"])
    blueprint.add_url_rule("/c/challenge/<session_id>", "answer", pages.answer, methods=["POST"])
    return blueprint


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    def show(self, session_id: str) -> Response:
        with self._world.store.transaction():
            session = self._session(session_id)
            if session is None or session["status"] != "open":
                return _closed(session)
            return self._form(session, Typed())

    def pay(self, session_id: str) -> Response:
        with self._world.store.transaction():
            session = self._session(session_id)
            if session is None or session["status"] != "open":
                return _closed(session)
            payer, errors = self._read(session)
            if payer is None:
                return self._form(session, Typed(request.form, errors), status=422)
            outcome = submit(self._world, session, payer)
            catch_up(self._world)
            return self._after(session, outcome, request.form)

    def challenge(self, session_id: str) -> Response:
        with self._world.store.transaction():
            session = self._session(session_id)
            if session is None or session["status"] != "open":
                return _closed(session)
            if not self._world.store.private(session["id"]).get("challenge"):
                return _see_other(f"/c/pay/{session['id']}")
            amount = display(session["amount_total"], session["currency"])
            return _page("challenge.html", session, amount=amount)

    def answer(self, session_id: str) -> Response:
        with self._world.store.transaction():
            session = self._session(session_id)
            if session is None or session["status"] != "open":
                return _closed(session)
            kept = self._world.store.private(session["id"]).get("challenge")
            if not kept:
                return _see_other(f"/c/pay/{session['id']}")
            passed = request.form.get("outcome") == "complete"
            outcome = answer_challenge(self._world, session, passed=passed)
            catch_up(self._world)
            return self._after(session, outcome, {"email": kept["email"]})

    def _session(self, session_id: str) -> Document | None:
        session = self._world.store.find(session_id)
        if session is None or session["object"] != "checkout.session":
            return None
        return expire_if_due(self._world, session)

    def _after(self, session: Document, outcome: Outcome, values: Mapping[str, str]) -> Response:
        if outcome is Outcome.COMPLETED:
            return _see_other(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
        if outcome is Outcome.CHALLENGED:
            return _see_other(f"/c/challenge/{session['id']}")
        declined = last_error(self._world, session)
        return self._form(session, Typed(values, declined=declined), status=402)

    def _read(self, session: Document) -> tuple[Payer | None, dict[str, str]]:
        email = session["customer_email"] or self._customer_email(session)
        email = email or request.form.get("email", "").strip()
        instrument, errors = self._read_instrument(session)
        if not is_address(email):
            errors = {"email": "Enter a complete email address, as in name@example.org.", **errors}
        if errors or instrument is None:
            return None, errors
        return Payer(email, instrument), {}

    def _read_instrument(self, session: Document) -> tuple[Instrument | None, dict[str, str]]:
        """A typed IBAN goes before a card, where debits are offered at all."""
        iban = request.form.get("iban", "").strip()
        if iban and "sepa_debit" in session["payment_method_types"]:
            try:
                return read_iban(iban), {}
            except NotACard as error:
                return None, {"iban": str(error)}
        given = (request.form.get(name, "") for name in ("cardNumber", "cardExpiry", "cardCvc"))
        return read_card(*given, now=self._world.now())

    def _customer_email(self, session: Document) -> str | None:
        customer = self._world.store.find(session["customer"]) if session["customer"] else None
        return customer["email"] if customer else None

    def _form(self, session: Document, typed: Typed, status: int = 200) -> Response:
        lines = self._world.store.private(session["id"])["lines"]
        recurring = lines[0]["price"]["recurring"]
        return _page(
            "checkout.html",
            session,
            status,
            lines=[{**line, "display": display(line["amount_total"], line["currency"])} for line in lines],
            amount=display(session["amount_total"], session["currency"]),
            every=_every(recurring) if recurring else None,
            fixed_email=session["customer_email"] or self._customer_email(session),
            offers_debit="sepa_debit" in session["payment_method_types"],
            typed=typed,
        )


def _every(recurring: Document) -> str:
    count, interval = recurring["interval_count"], recurring["interval"]
    return _EVERY[interval] if count == 1 else f"every {count} {interval}s"


def _page(template: str, session: Document | None, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, session=session, **values), status)
    targets = "'self'"
    if session and session["success_url"]:
        # Chromium holds the redirect after the form to form-action too, so the target must be named.
        url: str = session["success_url"]
        parts = urlsplit(url)
        targets += f" {parts.scheme}://{parts.netloc}"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src data:; form-action {targets};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _closed(session: Document | None) -> Response:
    """A page that cannot be paid on any more says why."""
    if session is None:
        return _page("closed.html", None, 404, reason="unknown")
    return _page("closed.html", session, reason=session["status"])


def _see_other(location: str) -> Response:
    response = make_response(redirect(location, 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
