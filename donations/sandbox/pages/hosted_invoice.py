"""The page that an invoice's `hosted_invoice_url` leads to: answer the bank, or pay with another card.

One plain form. Nothing of the site's is known here, so it ends where it began and leads nowhere.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request

from donations.sandbox.cards import read_card
from donations.sandbox.document import Document
from donations.sandbox.flows import pay_hosted
from donations.sandbox.money import display
from donations.sandbox.pages.portal_view import Typed
from donations.sandbox.ticker import catch_up
from donations.sandbox.world import World


def make_blueprint(world: World) -> Blueprint:
    pages = _Pages(world)
    blueprint = Blueprint("hosted_invoice", __name__)
    blueprint.add_url_rule("/i/<invoice_id>", "show", pages.show, methods=["GET"])
    blueprint.add_url_rule("/i/<invoice_id>", "answer", pages.answer, methods=["POST"])
    return blueprint


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    def show(self, invoice_id: str) -> Response:
        with self._world.store.transaction():
            invoice = self._invoice(invoice_id)
            return self._page(invoice, Typed(declined=self._last_error(invoice)))

    def answer(self, invoice_id: str) -> Response:
        """The bank's answer while it asks, or else a card. Whoever presses twice has paid once."""
        with self._world.store.transaction():
            invoice = self._invoice(invoice_id)
            if invoice is None or not self._is_waiting(invoice):
                return self._page(invoice, Typed())
            if pay_hosted.is_asked(self._world, invoice):
                return self._answer_bank(invoice)
            return self._pay(invoice)

    def _answer_bank(self, invoice: Document) -> Response:
        if request.form.get("outcome") not in {"complete", "fail"}:
            return self._page(invoice, Typed())
        passed = request.form["outcome"] == "complete"
        pay_hosted.answer(self._world, invoice, passed=passed)
        catch_up(self._world)
        return self._again(invoice)

    def _pay(self, invoice: Document) -> Response:
        given = (request.form.get(name, "") for name in ("cardNumber", "cardExpiry", "cardCvc"))
        instrument, errors = read_card(*given, now=self._world.now())
        if instrument is None:
            return self._page(invoice, Typed(request.form, errors), 422)
        tried = pay_hosted.pay_with(self._world, invoice, instrument)
        catch_up(self._world)
        if tried["status"] == "paid" or pay_hosted.is_asked(self._world, tried):
            return self._again(tried)
        return self._page(tried, Typed(request.form, declined=self._last_error(tried)), 402)

    def _invoice(self, invoice_id: str) -> Document | None:
        """A draft has no page yet."""
        found = self._world.store.find(invoice_id)
        return found if found and found["object"] == "invoice" and found["status"] != "draft" else None

    def _is_waiting(self, invoice: Document) -> bool:
        """Whether anything can be done about it: a debit that is on its way is waited for."""
        intent = pay_hosted.intent_of(self._world, invoice)
        on_its_way = intent is not None and intent["status"] == "processing"
        return invoice["status"] in pay_hosted.PAYABLE and not on_its_way

    def _last_error(self, invoice: Document | None) -> str | None:
        intent = pay_hosted.intent_of(self._world, invoice) if invoice else None
        error = intent["last_payment_error"] if intent else None
        return error["message"] if error else None

    def _page(self, invoice: Document | None, typed: Typed, status: int = 200) -> Response:
        if invoice is None:
            return _page("invoice_closed.html", 404, reason="unknown")
        if not self._is_waiting(invoice):
            reason = "processing" if invoice["status"] in pay_hosted.PAYABLE else invoice["status"]
            return _page("invoice_closed.html", reason=reason)
        return _page(
            "invoice.html",
            status,
            invoice=invoice,
            amount=display(invoice["amount_remaining"], invoice["currency"]),
            is_asked=pay_hosted.is_asked(self._world, invoice),
            typed=typed,
        )

    def _again(self, invoice: Document) -> Response:
        return make_response(redirect(f"/i/{invoice['id']}", 303))


def _page(template: str, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
