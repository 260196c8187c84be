"""Leave out the next payment, or those of some months; and go on before the time."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField

from donations.domain.changes import ChangeKind
from donations.domain.gift_days import Pause, pause_of
from donations.domain.gift_states import GiftState
from donations.domain.gifts import Frequency
from donations.services.gift_wishes import Asked, WhyNot
from donations.services.own_gifts import OwnGift
from donations.web.language import gettext
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import change, get_gift, not_changed, refuse_foreign_form
from donations.web.readers.manage.forms import GiftForm, blame, text

MONTHS: Final = (1, 2, 3)
_RESTING: Final = frozenset({GiftState.SKIPPED, GiftState.PAUSED})


class PauseForm(GiftForm):
    """For how many months."""

    months = StringField()


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_skip(reference: str) -> ResponseReturnValue:
    """What will be left out, and when the next payment is then."""
    gift = get_gift(reference)
    why_not = _why_no_pause(gift)
    if why_not is not None:
        return not_changed(reference, why_not)
    return render_template("readers/manage/skip.html", gift=gift, pause=pause_of(gift.days, 1))


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def skip(reference: str) -> ResponseReturnValue:
    """Leave out the next payment."""
    refuse_foreign_form()
    return change(reference, GiftForm(), Asked(ChangeKind.SKIP, charges=1))


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_pause(reference: str) -> ResponseReturnValue:
    """For how long?"""
    gift = get_gift(reference)
    why_not = _why_no_pause(gift, needs=Frequency.MONTHLY)
    if why_not is not None:
        return not_changed(reference, why_not)
    return _pause_page(gift, PauseForm(formdata=None), HTTPStatus.OK)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def pause(reference: str) -> ResponseReturnValue:
    """Leave out the payments of one, two or three months."""
    refuse_foreign_form()
    gift, form = get_gift(reference), PauseForm()
    if gift.gift.frequency is not Frequency.MONTHLY:
        return not_changed(reference, WhyNot.NOT_POSSIBLE)
    months = text(form, "months")
    if months not in {str(each) for each in MONTHS}:
        why_not = _why_no_pause(gift)
        if why_not is not None:
            return not_changed(reference, why_not)
        blame(form, "months", gettext("Choose how long to pause"))
        return _pause_page(gift, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return change(reference, form, Asked(ChangeKind.PAUSE, charges=int(months)))


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_resume(reference: str) -> ResponseReturnValue:
    """When the next payment will be if the gift goes on now."""
    gift = get_gift(reference)
    if gift.state not in _RESTING:
        return not_changed(reference, WhyNot.ALREADY_SO if gift.can_be_changed else WhyNot.NOT_POSSIBLE)
    return render_template("readers/manage/resume.html", gift=gift)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def resume(reference: str) -> ResponseReturnValue:
    """Go on with the next date."""
    refuse_foreign_form()
    return change(reference, GiftForm(), Asked(ChangeKind.RESUME))


def _why_no_pause(gift: OwnGift, needs: Frequency | None = None) -> WhyNot | None:
    if gift.state in _RESTING:
        return WhyNot.ALREADY_SO
    is_in_rhythm = needs is None or gift.gift.frequency is needs
    return None if gift.can_be_changed and gift.next_charge_on and is_in_rhythm else WhyNot.NOT_POSSIBLE


def _pause_page(gift: OwnGift, form: PauseForm, status: HTTPStatus) -> ResponseReturnValue:
    pauses: list[tuple[int, Pause]] = [(months, pause_of(gift.days, months)) for months in MONTHS]
    problems = [("months-1", str(form["months"].errors[0]))] if form["months"].errors else []
    page = render_template(
        "readers/manage/pause.html", gift=gift, form=form, pauses=pauses, problems=problems
    )
    return make_response(page, status)
