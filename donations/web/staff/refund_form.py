"""The form for a refund: what it holds, and what is wrong in it."""

from __future__ import annotations

import re
import secrets
from typing import Final

from flask_wtf import FlaskForm
from wtforms import StringField

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.domain.refunds import RefundReason
from donations.reports.words import LOCALE
from donations.services.audit import accepted_reason
from donations.services.refund_requests import RefundWish
from donations.web.staff.typed_fields import FieldProblem, read_amount, read_field, text_of

FULL: Final = "full"
PART: Final = "part"
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{32}")


class RefundForm(FlaskForm):
    """The same fields stand on the form and, hidden, on the page where it is looked through."""

    extent = StringField()
    amount = StringField()
    reason = StringField()
    note = StringField()
    nonce = StringField()


def new_nonce() -> str:
    """In each form as it is opened: one form asks for one refund."""
    return secrets.token_urlsafe(24)


def wish_in(form: RefundForm, left: Money, by: int) -> RefundWish | None:
    """What the form asks for; None where something is wrong, which the fields' `errors` then say."""
    extent = read_field(form, "extent", _extent)
    money = left if extent == FULL else None
    if extent == PART:
        money = read_field(form, "amount", lambda text: _part(text, left))
    reason = read_field(form, "reason", _reason)
    note = read_field(form, "note", accepted_reason)
    nonce = text_of(form, "nonce")
    if form.errors or money is None or reason is None or note is None:
        return None
    return RefundWish(money, reason, nonce if _NONCE.fullmatch(nonce) else new_nonce(), by, note)


def _extent(text: str) -> str:
    if text not in {FULL, PART}:
        raise FieldProblem("Choose how much is to go back")
    return text


def _part(text: str, left: Money) -> Money:
    money = read_amount(text, left.currency)
    if money.amount > left.amount:
        raise FieldProblem(f"Enter at most {format_money(left, LOCALE)}, which is what is left")
    return money


def _reason(text: str) -> RefundReason:
    if text not in set(RefundReason):
        raise FieldProblem("Choose the reason that Stripe is given")
    return RefundReason(text)
