"""Send readers to Stripe's pages: for another card, or to confirm a payment. Cards never touch us."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from donations.gateway.errors import StripeProblem
from donations.gateway.kinds import ObjectKind
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import inbox, stripe_pages
from donations.services.stripe_pages import StripeSide
from donations.web.filters import page_locale
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import get_gift, refuse_foreign_form, stale_form
from donations.web.readers.manage.forms import OwnForm
from donations.web.readers.manage.gate import get_reader


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_card(reference: str) -> ResponseReturnValue:
    """What follows, and the button."""
    return render_template("readers/manage/card.html", gift=get_gift(reference))


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def change_card(reference: str) -> ResponseReturnValue:
    """To Stripe's page, and from there back to the gifts."""
    refuse_foreign_form()
    get_gift(reference)
    if not OwnForm().validate():
        return stale_form()
    return to_card_page(_side(reference), url_for("readers.manage.card_done", reference=reference))


@route_policy(audience="reader", csrf="none", cache="no-store")
def card_done(reference: str) -> ResponseReturnValue:
    """Back from Stripe, which proves nothing: the gift is looked at."""
    get_gift(reference)
    have_looked_at(_side(reference))
    return redirect(url_for("readers.manage.home", card=reference), 303)


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_confirm(reference: str) -> ResponseReturnValue:
    """Why the bank asks, and the button."""
    return render_template("readers/manage/confirm.html", gift=get_gift(reference))


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def confirm(reference: str) -> ResponseReturnValue:
    """The way to Stripe's page for the payment that waits."""
    refuse_foreign_form()
    get_gift(reference)
    if not OwnForm().validate():
        return stale_form()
    return invoice_page(_side(reference))


def to_card_page(side: StripeSide, back: str) -> ResponseReturnValue:
    """303 to Stripe, which leads `back` to a path of ours."""
    running = current()
    try:
        url = running.gateway.open_card_page(
            side.customer_id, return_url=running.config.public_base_url + back, locale=page_locale()
        )
    except StripeProblem:
        return _not_reached()
    return redirect(url, 303)


def invoice_page(side: StripeSide) -> ResponseReturnValue:
    """A link to Stripe's page for what is owed; none where nothing is."""
    url = None
    if side.failing_invoice_id is not None:
        try:
            url = current().gateway.find_invoice_page(side.failing_invoice_id)
        except StripeProblem:
            return _not_reached()
    if url is None:
        have_looked_at(side)
    return make_response(render_template("readers/manage/invoice.html", url=url))


def have_looked_at(side: StripeSide) -> None:
    """Heal a lost webhook: what became of it at Stripe is asked for, and which card is theirs now."""
    running = current()
    with writing() as session:
        inbox.mark(session, ObjectKind.CUSTOMER, side.customer_id, running.now())
        inbox.mark(session, ObjectKind.SUBSCRIPTION, side.subscription_id, running.now())
    running.wake()


def _side(reference: str) -> StripeSide:
    with reading() as session:
        return stripe_pages.of_reference(session, get_reader().supporter_id, reference)


def _not_reached() -> ResponseReturnValue:
    page = render_template("readers/manage/not_reached.html")
    return make_response(page, HTTPStatus.SERVICE_UNAVAILABLE)
