"""The form for a gift that came without Stripe: what it holds, and what is wrong in it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import StringField

from donations.domain.offline import OfflineMethod
from donations.domain.supporters import normalize_email
from donations.models import Supporter
from donations.models.vault import Vault
from donations.reports.filter_words import EARLIEST
from donations.services.offline_gifts import OfflineGift
from donations.services.supporters import find_by_email, find_by_reference
from donations.web.staff.typed_fields import (
    FieldProblem,
    read_amount,
    read_campaign,
    read_currency,
    read_field,
    text_of,
)

_LONGEST_REFERENCE: Final = 32
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{32}")


class OfflineGiftForm(FlaskForm):
    """The same fields stand on the form and, hidden, on the page where it is looked through."""

    received_on = StringField()
    currency = StringField()
    amount = StringField()
    method = StringField()
    email = StringField()
    supporter = StringField()
    campaign = StringField()
    nonce = StringField()


@dataclass(frozen=True, slots=True)
class Entry:
    """A gift to be entered, and whose it is: a supporter whom we know, or an address that is new."""

    gift: OfflineGift
    supporter: Supporter | None
    email: str | None
    nonce: str


def new_nonce() -> str:
    """In each form as it is opened: one form enters one gift."""
    return secrets.token_urlsafe(24)


def entry_in(form: OfflineGiftForm, session: Session, vault: Vault, today: date) -> Entry | None:
    """What the form asks for; None where something is wrong, which the fields' `errors` then say."""
    received_on = read_field(form, "received_on", lambda text: _day(text, today))
    currency = read_field(form, "currency", read_currency)
    money = read_field(form, "amount", lambda text: read_amount(text, currency or "eur"))
    method = read_field(form, "method", _method)
    campaign = read_field(form, "campaign", read_campaign)
    email = read_field(
        form, "email", lambda text: _email(text, has_reference=bool(text_of(form, "supporter")))
    )
    supporter = read_field(form, "supporter", lambda text: _supporter(text, session))
    nonce = text_of(form, "nonce")
    if form.errors or received_on is None or money is None or method is None or currency is None:
        return None
    gift = OfflineGift(money, received_on, method, campaign)
    found = supporter or (find_by_email(session, vault, email) if email else None)
    return Entry(gift, found, email, nonce if _NONCE.fullmatch(nonce) else new_nonce())


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise FieldProblem("Enter the day on which it was received, like 2026-11-22") from None
    if day > today:
        raise FieldProblem("The day on which it was received is still to come")
    if day < EARLIEST:
        raise FieldProblem(f"Enter a day from {EARLIEST.year} on")
    return day


def _method(text: str) -> OfflineMethod:
    if text not in set(OfflineMethod):
        raise FieldProblem("Choose how it was given")
    return OfflineMethod(text)


def _email(text: str, *, has_reference: bool) -> str | None:
    if has_reference:
        if text:
            raise FieldProblem("Enter either an email address or a supporter’s reference, not both")
        return None
    if not text:
        raise FieldProblem("Enter the supporter’s email address or reference")
    return normalize_email(text)


def _supporter(text: str, session: Session) -> Supporter | None:
    if not text:
        return None
    found = find_by_reference(session, text) if len(text) <= _LONGEST_REFERENCE else None
    if found is None:
        raise FieldProblem("No supporter has this reference")
    if found.erased_at is not None:
        raise FieldProblem("This supporter was erased. Enter the email address instead")
    return found
