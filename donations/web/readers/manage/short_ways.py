"""From a letter to Stripe's page for one gift, without a login. The link shows nothing of the gift and
opens nothing of ours; as with any link, only its button does something."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from donations.domain.errors import NotFound
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import gift_tokens, stripe_pages
from donations.services.gift_tokens import CALL_LIMIT, ShortWay
from donations.services.stripe_pages import StripeSide
from donations.services.throttles import network_of, take_try, throttle_key
from donations.web.policy import route_policy
from donations.web.readers.manage.at_stripe import have_looked_at, invoice_page, to_card_page
from donations.web.readers.manage.changing import refuse_foreign_form, stale_form
from donations.web.readers.manage.entry import form_page, too_many
from donations.web.readers.manage.forms import AskForm, OpenForm
from donations.web.readers.manage.gate import for_all


@for_all
@route_policy(audience="reader", csrf="none", cache="no-store")
def show_card(token: str) -> ResponseReturnValue:
    """A page with one button."""
    return _show(ShortWay.CARD, token)


@for_all
@route_policy(audience="reader", csrf="nonce", cache="no-store")
def change_card(token: str) -> ResponseReturnValue:
    """To Stripe's page, and back to the one that says thank you."""
    return _go(ShortWay.CARD, token)


@for_all
@route_policy(audience="reader", csrf="none", cache="no-store")
def card_done(token: str) -> ResponseReturnValue:
    """Back from Stripe, which proves nothing: the gift is looked at."""
    side = _find(ShortWay.CARD, token)
    if side is None:
        return _gone()
    have_looked_at(side)
    return render_template("readers/manage/card_done.html")


@for_all
@route_policy(audience="reader", csrf="none", cache="no-store")
def show_confirm(token: str) -> ResponseReturnValue:
    """A page with one button."""
    return _show(ShortWay.CONFIRM, token)


@for_all
@route_policy(audience="reader", csrf="nonce", cache="no-store")
def confirm(token: str) -> ResponseReturnValue:
    """The link to Stripe's page for the payment that waits."""
    return _go(ShortWay.CONFIRM, token)


def _show(way: ShortWay, token: str) -> ResponseReturnValue:
    if _find(way, token) is None:
        return _gone()
    return render_template(f"readers/manage/short_{way}.html", token=token)


def _go(way: ShortWay, token: str) -> ResponseReturnValue:
    refuse_foreign_form()
    if not OpenForm().validate():
        return stale_form()
    side = _find(way, token)
    if side is None:
        return _gone()
    running, now = current(), current().now()
    key = throttle_key(running.config.secret_key, CALL_LIMIT, network_of(request.remote_addr or ""), now)
    with writing() as session:
        until = take_try(session, CALL_LIMIT, key, now)
    if until is not None:
        return too_many(until, now)
    if way is ShortWay.CONFIRM:
        return invoice_page(side)
    return to_card_page(side, url_for("readers.manage.short_card_done", token=token))


def _find(way: ShortWay, token: str) -> StripeSide | None:
    running = current()
    subscription_id = gift_tokens.read(running.config.secret_key, way, token, running.now())
    if subscription_id is None:
        return None
    try:
        with reading() as session:
            return stripe_pages.of_id(session, subscription_id)
    except NotFound:
        return None


def _gone() -> ResponseReturnValue:
    page = form_page(AskForm(formdata=None), HTTPStatus.GONE, "readers/manage/gone.html")
    return make_response(page)
