"""Give more or less, from the next charge on."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from donations.domain.changes import ChangeKind
from donations.domain.money import Money
from donations.domain.offers import Offer
from donations.runtime import current
from donations.services.gift_wishes import Asked
from donations.services.own_gifts import OwnGift
from donations.web.filters import page_locale
from donations.web.language import said
from donations.web.policy import route_policy
from donations.web.readers.choices import OTHER, ChoiceProblem, Choices, tile_value
from donations.web.readers.manage.changing import change, get_gift, refuse_foreign_form
from donations.web.readers.manage.forms import GiftForm, blame, text


class AmountForm(GiftForm):
    """A preset of the offer, or `other` and an amount as it is typed."""

    amount = StringField()
    other_amount = StringField()


@route_policy(audience="reader", csrf="none", cache="no-store")
def show(reference: str) -> ResponseReturnValue:
    """The form. A link may suggest an amount."""
    gift = get_gift(reference)
    form = AmountForm(formdata=None, other_amount=request.args.get("amount", "")[:20])
    if form.other_amount.data:
        form.amount.data = OTHER
    return _page(gift, form, HTTPStatus.OK)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def send(reference: str) -> ResponseReturnValue:
    """422 for an amount that must be mended."""
    refuse_foreign_form()
    gift, form = get_gift(reference), AmountForm()
    money = _amount_in(form, gift)
    if money is None:
        return _page(gift, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return change(reference, form, Asked(ChangeKind.AMOUNT, money=money))


def _amount_in(form: AmountForm, gift: OwnGift) -> Money | None:
    frequency = gift.gift.frequency
    choices = Choices(
        currency=gift.gift.money.currency,
        frequency=frequency,
        amounts={frequency: text(form, "amount")},
        other_amount=text(form, "other_amount"),
    )
    try:
        return choices.gift(current().offers, page_locale()).money
    except ChoiceProblem as problem:
        blame(form, "other_amount" if problem.field == "other_amount" else "amount", said(problem.reason))
        return None


def _page(gift: OwnGift, form: AmountForm, status: HTTPStatus) -> ResponseReturnValue:
    page = render_template(
        "readers/manage/amount.html",
        gift=gift,
        form=form,
        tiles=_tiles(_offer(gift), form),
        problems=_problems(form),
        contact=current().config.support_email,
    )
    return make_response(page, status)


def _problems(form: AmountForm) -> list[tuple[str, str]]:
    return [(name, str(form[name].errors[0])) for name in ("amount", "other_amount") if form[name].errors]


def _tiles(offer: Offer, form: AmountForm) -> list[tuple[str, Money | None, bool]]:
    """Value, amount and whether it is chosen; the last one is for an amount that is typed."""
    chosen = text(form, "amount")
    presets = [(tile_value(money), money, tile_value(money) == chosen) for money in offer.presets]
    return [*presets, (OTHER, None, chosen == OTHER)]


def _offer(gift: OwnGift) -> Offer:
    return current().offers.offer(gift.gift.money.currency, gift.gift.frequency, None)
