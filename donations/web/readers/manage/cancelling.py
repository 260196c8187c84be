"""End a gift as easily as it was begun, and take that back."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gift_states import GiftState
from donations.services.gift_wishes import Asked, WhyNot
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import change, get_gift, not_changed, refuse_foreign_form
from donations.web.readers.manage.forms import GiftForm, text


class CancelForm(GiftForm):
    """Why, if the reader wants to say so."""

    reason = StringField()


@route_policy(audience="reader", csrf="none", cache="no-store")
def show(reference: str) -> ResponseReturnValue:
    """What else there is, and the button."""
    gift = get_gift(reference)
    if gift.state in {GiftState.ENDING, GiftState.ENDED}:
        return not_changed(reference, WhyNot.ALREADY_SO)
    return render_template("readers/manage/cancel.html", gift=gift, reasons=list(CancelReason))


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def send(reference: str) -> ResponseReturnValue:
    """End it with what was paid for, or at once where a payment is owed."""
    refuse_foreign_form()
    form = CancelForm()
    reason = text(form, "reason")
    known = CancelReason(reason) if reason in set(CancelReason) else None
    return change(reference, form, Asked(ChangeKind.CANCEL, reason=known))


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_undo(reference: str) -> ResponseReturnValue:
    """When the next payment is if the gift goes on."""
    gift = get_gift(reference)
    if gift.state is not GiftState.ENDING:
        is_going_on = gift.state is not GiftState.ENDED
        return not_changed(reference, WhyNot.ALREADY_SO if is_going_on else WhyNot.NOT_POSSIBLE)
    return render_template("readers/manage/undo.html", gift=gift)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def undo(reference: str) -> ResponseReturnValue:
    """Go on as before."""
    refuse_foreign_form()
    return change(reference, GiftForm(), Asked(ChangeKind.UNDO_CANCEL))
