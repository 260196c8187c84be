"""Monthly instead of annual, or the other way round, from the next date on."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField

from donations.domain.amounts import format_money, parse_amount
from donations.domain.changes import ChangeKind
from donations.domain.errors import DonationError
from donations.domain.money import Money
from donations.domain.offers import Offer
from donations.domain.switching import other_frequency, suggested
from donations.runtime import current
from donations.services.gift_wishes import Asked
from donations.services.own_gifts import OwnGift
from donations.web.filters import page_locale
from donations.web.language import said
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import change, get_gift, refuse_foreign_form
from donations.web.readers.manage.forms import GiftForm, blame, text


class FrequencyForm(GiftForm):
    """How much it shall be in the other rhythm."""

    amount = StringField()


@route_policy(audience="reader", csrf="none", cache="no-store")
def show(reference: str) -> ResponseReturnValue:
    """The form, with as much in a year as before."""
    gift = get_gift(reference)
    offer = _offer(gift)
    amount = format_money(suggested(gift.gift, offer), page_locale())
    return _page(gift, offer, FrequencyForm(formdata=None, amount=amount), HTTPStatus.OK)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def send(reference: str) -> ResponseReturnValue:
    """422 for an amount that must be mended."""
    refuse_foreign_form()
    gift, form = get_gift(reference), FrequencyForm()
    offer = _offer(gift)
    money = _amount_in(form, offer)
    if money is None:
        return _page(gift, offer, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return change(reference, form, Asked(ChangeKind.FREQUENCY, money=money, frequency=offer.frequency))


def _amount_in(form: FrequencyForm, offer: Offer) -> Money | None:
    try:
        money = parse_amount(text(form, "amount"), offer.currency, page_locale())
        offer.check(money)
    except DonationError as error:
        blame(form, "amount", said(error))
        return None
    return money


def _offer(gift: OwnGift) -> Offer:
    return current().offers.offer(gift.gift.money.currency, other_frequency(gift.gift.frequency), None)


def _page(gift: OwnGift, offer: Offer, form: FrequencyForm, status: HTTPStatus) -> ResponseReturnValue:
    page = render_template(
        "readers/manage/frequency.html",
        gift=gift,
        frequency=offer.frequency,
        form=form,
        problems=[("amount", str(form["amount"].errors[0]))] if form["amount"].errors else [],
    )
    return make_response(page, status)
