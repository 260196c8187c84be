"""The form for a goal of a campaign: what it holds, and what is wrong in it."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask_wtf import FlaskForm
from wtforms import StringField

from donations.domain.amounts import typed
from donations.domain.money import Money
from donations.models import Goal
from donations.reports.filter_words import EARLIEST, LONGEST_DAYS
from donations.reports.words import LOCALE
from donations.services.goals import GoalWish
from donations.web.staff.typed_fields import (
    FieldProblem,
    read_amount,
    read_campaign,
    read_currency,
    read_field,
    text_of,
)

LONGEST_NAME: Final = 100
_LATEST: Final = date(2100, 1, 1)


class GoalForm(FlaskForm):
    name = StringField()
    campaign = StringField()
    currency = StringField()
    amount = StringField()
    first_on = StringField()
    last_on = StringField()
    version = StringField()
    """Which version of the goal is being changed."""

    def show(self, goal: Goal) -> None:
        """As it stands."""
        self.name.data, self.campaign.data, self.currency.data = goal.name, goal.campaign, goal.currency
        self.amount.data = typed(Money(goal.amount, goal.currency), LOCALE)
        self.first_on.data, self.last_on.data = goal.first_on.isoformat(), goal.last_on.isoformat()
        self.version.data = str(goal.version)


def wish_in(form: GoalForm) -> GoalWish | None:
    """What the form asks for; None where something is wrong, which the fields' `errors` then say."""
    name = read_field(form, "name", _name)
    campaign = read_field(form, "campaign", _campaign)
    currency = read_field(form, "currency", read_currency)
    money = read_field(form, "amount", lambda text: read_amount(text, currency or "eur"))
    first_on = read_field(form, "first_on", lambda text: _day(text, "first"))
    last_on = read_field(form, "last_on", lambda text: _last_day(text, first_on))
    if form.errors or not (name and campaign and currency and money and first_on and last_on):
        return None
    return GoalWish(name, campaign, money, first_on, last_on)


def version_in(form: GoalForm) -> int:
    """0, which no goal has, for what is none."""
    text = text_of(form, "version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise FieldProblem("Enter a name for the goal")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise FieldProblem(f"Enter a name of {LONGEST_NAME} characters or fewer")
    return name


def _campaign(text: str) -> str:
    campaign = read_campaign(text)
    if campaign is None:
        raise FieldProblem("Enter the campaign, as links name it")
    return campaign


def _day(text: str, which: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise FieldProblem(f"Enter the {which} day, like 2026-11-22") from None
    if not EARLIEST <= day < _LATEST:
        raise FieldProblem(f"Enter a {which} day from {EARLIEST.year} to {_LATEST.year - 1}")
    return day


def _last_day(text: str, first_on: date | None) -> date:
    day = _day(text, "last")
    if first_on is not None and day < first_on:
        raise FieldProblem("The last day must not be before the first")
    if first_on is not None and (day - first_on).days >= LONGEST_DAYS:
        raise FieldProblem("A goal lasts three years at most")
    return day
