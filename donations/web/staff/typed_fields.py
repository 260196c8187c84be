"""What staff type into the fields of a form: read strictly, and what is wrong said beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask_wtf import FlaskForm

from donations.domain.amounts import parse_amount
from donations.domain.currencies import is_known
from donations.domain.errors import DonationError
from donations.domain.money import Money
from donations.reports.words import LOCALE

LONGEST_CAMPAIGN: Final = 100

Read = TypeVar("Read")


class FieldProblem(DonationError):
    """A sentence that stands beside its field."""


def read_field(form: FlaskForm, name: str, read: Callable[[str], Read]) -> Read | None:
    """What `read` makes of the text; None where it raises a DonationError, which the field then says."""
    try:
        return read(text_of(form, name))
    except DonationError as error:
        field: Any = form[name]
        field.errors = [*field.errors, str(error)]
        return None


def text_of(form: FlaskForm, name: str) -> str:
    value: object = form[name].data
    return value.strip() if isinstance(value, str) else ""


def read_currency(text: str) -> str:
    if not is_known(text):
        raise FieldProblem("Choose the currency")
    return text


def read_amount(text: str, currency: str) -> Money:
    if not text:
        raise FieldProblem("Enter the amount")
    money = parse_amount(text, currency, LOCALE)
    if not money.is_positive:
        raise FieldProblem("Enter an amount of more than nothing")
    return money


def read_campaign(text: str) -> str | None:
    """As links name it; None for none."""
    # As in links, no `@`: a campaign is no place for somebody's address.
    if len(text) > LONGEST_CAMPAIGN or not text.isprintable() or "@" in text:
        raise FieldProblem(f"Enter a campaign of {LONGEST_CAMPAIGN} characters or fewer, without @")
    return text or None
