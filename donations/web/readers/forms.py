"""The form of the support page: Flask-WTF reads it and guards it, our macros draw it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask_wtf import FlaskForm
from werkzeug.utils import cached_property
from wtforms import BooleanField, StringField

from donations.domain.errors import AmountTooLarge, DonationError
from donations.domain.fees import covering_fees
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.offers import OfferBook
from donations.domain.sentences import N_
from donations.domain.supporters import normalize_email, normalize_name
from donations.services.checkouts import Attempt, Origin
from donations.web.language import gettext, said
from donations.web.readers.choices import LONGEST_TYPED, ChoiceProblem, Choices, amount_field
from donations.web.readers.nonce import NonceCSRF, nonce_in

NONCE: Final = "nonce"
_CHOOSE_CURRENCY: Final = N_("Choose a currency")

Read = TypeVar("Read")


class SupportForm(FlaskForm):
    """Field names are part of the public face (DESIGN.md)."""

    class Meta(FlaskForm.Meta):
        csrf_class = NonceCSRF

        @cached_property
        def csrf(self) -> bool:
            return True

        @cached_property
        def csrf_field_name(self) -> str:
            return NONCE

    currency = StringField()
    frequency = StringField()
    amount_once = StringField()
    amount_monthly = StringField()
    amount_annual = StringField()
    other_amount = StringField()
    cover_fees = BooleanField()
    email = StringField()
    name = StringField()
    newsletter = BooleanField()

    asks_for_more = False
    """Whether more was written than the form takes: then the page says where to write to us."""


def choices_in(form: SupportForm, book: OfferBook, campaign: str | None) -> Choices:
    """What was chosen, as it was sent; the page can be drawn from it however wrong it is."""
    currency, frequency = _text(form, "currency").lower(), _text(form, "frequency").lower()
    return Choices(
        currency=currency if currency in book.currencies else book.currencies[0],
        frequency=Frequency(frequency) if frequency in set(Frequency) else None,
        amounts={each: _text(form, amount_field(each)) for each in Frequency},
        other_amount=_text(form, "other_amount")[: LONGEST_TYPED + 1],
        covers_fees=bool(form["cover_fees"].data),
        campaign=campaign,
    )


def attempt_in(form: SupportForm, book: OfferBook, origin: Origin, locale: str) -> Attempt | None:
    """What the form asks for; None when something is wrong, which the fields' `errors` then say."""
    form.validate()
    choices = choices_in(form, book, origin.campaign)
    if _text(form, "currency").lower() not in book.currencies:
        blame(form, "currency", gettext(_CHOOSE_CURRENCY))
    gift = _gift(form, choices, book, locale)
    email = _read(form, "email", normalize_email)
    name = _read(form, "name", normalize_name)
    nonce = nonce_in(form[NONCE].data)
    if form.errors or gift is None or email is None or nonce is None:
        return None
    return Attempt(
        gift=gift,
        charge=_charge(gift, book, covers_fees=choices.covers_fees),
        email=email,
        name=name,
        wants_newsletter=bool(form["newsletter"].data),
        origin=origin,
        nonce=nonce,
        locale=locale,
    )


def keep_nonce(form: SupportForm) -> None:
    """Show the nonce that was sent once more: the same form sent again is the same attempt."""
    field: Any = form[NONCE]
    field.current_token = field.data


def blame(form: SupportForm, name: str, sentence: str) -> None:
    """Say what is wrong with one field."""
    field: Any = form[name]
    field.errors = [*field.errors, sentence]


def _gift(form: SupportForm, choices: Choices, book: OfferBook, locale: str) -> Gift | None:
    try:
        return choices.gift(book, locale)
    except ChoiceProblem as problem:
        blame(form, problem.field, said(problem.reason))
        form.asks_for_more = isinstance(problem.reason, AmountTooLarge)
        return None


def _charge(gift: Gift, book: OfferBook, *, covers_fees: bool) -> Money:
    return covering_fees(gift.money, book.fee_rate(gift.money.currency)) if covers_fees else gift.money


def _read(form: SupportForm, name: str, read: Callable[[str], Read]) -> Read | None:
    try:
        return read(_text(form, name))
    except DonationError as error:
        blame(form, name, said(error))
        return None


def _text(form: SupportForm, name: str) -> str:
    value: object = form[name].data
    return value.strip() if isinstance(value, str) else ""
