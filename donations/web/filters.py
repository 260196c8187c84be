"""How templates write money and dates: one way for all pages."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from flask import Flask
from flask_babel import get_locale

from donations import languages
from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.runtime import current


def page_locale() -> str:
    """The locale that the page is written in."""
    return str(get_locale() or "en")


def money(value: Money) -> str:
    """€10, €10.41, ¥500."""
    return format_money(value, page_locale())


def on_day(value: date | datetime) -> str:
    """22 November 2026; an instant is shown as its day in the reporting zone."""
    return format_date(_day_of(value), "d MMMM y", page_locale())


def on_next_day(value: date | datetime) -> str:
    """22 November, of a day so near that its year goes without saying."""
    return format_date(_day_of(value), "d MMMM", page_locale())


def day_of_month(day: int) -> str:
    """22nd, as in "on the 22nd of each month"."""
    return languages.day_of_month(day, languages.language_of(page_locale()))


def _day_of(value: date | datetime) -> date:
    return local_day(value, current().config.report_timezone) if isinstance(value, datetime) else value


def install_filters(app: Flask) -> None:
    app.add_template_filter(money)
    app.add_template_filter(on_day)
    app.add_template_filter(on_next_day)
    app.add_template_filter(day_of_month)
