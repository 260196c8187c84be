"""Renewals: which recurring gifts are charged in the next 30, 60 and 90 days, and what may be expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.models.rollups import GiftStateKind
from donations.reports.behind import links
from donations.reports.currency_order import in_order
from donations.reports.definitions import MRR
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.freshness import books_zone, day_of_books
from donations.reports.gifts_now import COUNTED, Gifts, gifts_now, monthly
from donations.reports.renewal_success import recurring_frequencies, success_by_frequency, success_table
from donations.reports.table import Behind, Column, ColumnKind, Report, Row, RowsOf, Table
from donations.reports.upcoming import HORIZONS, Upcoming, ahead_table, weeks_table
from donations.reports.words import amounts, counted, plural, sentence

SLUG: Final = "renewals"
TITLE: Final = "Renewals"
APPLIES: Final = frozenset({Filter.CURRENCY, Filter.FREQUENCY})

_APART: Final = (
    Column("why", "Why not", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("gifts", "Gifts", ColumnKind.COUNT),
    Column("mrr", "A month’s worth", ColumnKind.MONEY, definition=MRR),
    Column("next", "Next charges", ColumnKind.MONEY),
)

_APART_STATES: Final = {
    GiftStateKind.PAUSED: "Paused",
    GiftStateKind.WAITING: "Not begun, or charges given up",
}


def run(session: Session, filters: Filters) -> Report:
    """Everything is as it stands at the moment of asking, in the days of the books."""
    zone = books_zone(session, filters.zone)
    asked = replace(
        filters, zone=zone, campaign=None, article=None, placement=None, status=None, known_on=None
    )
    today, gifts = day_of_books(session, asked.as_of, asked.zone), gifts_now(session, asked)
    counted_on = [each for each in gifts if each.state in COUNTED and not each.is_ending]
    success = success_by_frequency(session, asked, zone, today)
    upcoming = Upcoming.of(counted_on, success, today)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(upcoming),
        facts=facts_of(asked, APPLIES),
        tables=(
            *(ahead_table(upcoming, each) for each in recurring_frequencies(asked)),
            weeks_table(upcoming),
            success_table(success),
            apart_table(gifts, today),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Gifts that are not among the upcoming ones, and the words that ask for their rows."""

    name: str
    gifts: tuple[Gifts, ...]
    words: dict[str, str]


def apart_table(gifts: Sequence[Gifts], today: date) -> Table:
    """With the upcoming ones, these parts are all gifts that have not ended."""
    parts = _parts(gifts, today)
    places = tuple((part, code) for part in parts for code in in_order(each.currency for each in part.gifts))
    rows = tuple(_row(part, code, today) for part, code in places)
    return Table(
        slug="not-upcoming",
        title="Not in the figures above",
        sentence=_apart_sentence(parts),
        columns=_APART,
        rows=rows,
        notes=(
            "“A month’s worth” of what is set to end is in MRR until it does. “Next charges” is one of each, "
            "where another is to come. These parts and the gifts charged in the next 90 days are together "
            "all recurring gifts that have not ended.",
        ),
        behind=links(_APART, rows, (_behind(part, code) for part, code in places)),
    )


def _parts(gifts: Sequence[Gifts], today: date) -> tuple[_Part, ...]:
    last = today + timedelta(days=max(HORIZONS) - 1)
    stays = [each for each in gifts if not each.is_ending]
    on = [each for each in stays if each.state in COUNTED]
    later = tuple(each for each in on if each.due_on > last)
    past = tuple(each for each in on if each.due_on < today)
    words = {"state": "counted", "ending": "no"}
    return (
        _Part("Set to end", tuple(each for each in gifts if each.is_ending), {"ending": "yes"}),
        *(
            _Part(
                name,
                tuple(each for each in stays if each.state is state),
                {"ending": "no", "state": state.value},
            )
            for state, name in _APART_STATES.items()
        ),
        _Part("Next charged after these 90 days", later, words | {"next_after": last.isoformat()}),
        _Part("Next charge is past, or not known", past, words | {"next_before": today.isoformat()}),
    )


def _row(part: _Part, code: str, today: date) -> Row:
    mine = [each for each in part.gifts if each.currency == code]
    coming = sum(each.amount for each in mine if each.due_on >= today)
    return part.name, code, sum(each.gifts for each in mine), monthly(mine, code), Money(coming, code)


def _behind(part: _Part, code: str) -> dict[str, Behind]:
    words = part.words | {"currency": code}
    return {
        "gifts": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "gifts"}),
        "mrr": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "mrr"}),
        "next": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "charged"}),
    }


def _apart_sentence(parts: Sequence[_Part]) -> str:
    numbers = {part.name: sum(each.gifts for each in part.gifts) for part in parts}
    ending = parts[0]
    if not any(numbers.values()):
        return "Every recurring gift that has not ended is among the figures above, or there is none."
    number = numbers[ending.name]
    if not number:
        return sentence(
            f"{counted(sum(numbers.values()), 'recurring gift')} not above; none of them is set to end"
        )
    worth = amounts(monthly(ending.gifts, code) for code in in_order(each.currency for each in ending.gifts))
    return sentence(
        f"{counted(number, 'recurring gift')} {plural(number, 'is', 'are')} set to end, worth {worth} a month"
    )


def _summary(upcoming: Upcoming) -> str:
    length, days = upcoming.horizons()[0]
    charges = upcoming.within(days)
    if not charges:
        return f"From today on, whatever period is chosen: nothing comes due in the next {length} days."
    number = sum(each.gifts for each in charges)
    expected = amounts(
        upcoming.expected(charges, code) for code in in_order(each.currency for each in charges)
    )
    return sentence(
        f"from today on, whatever period is chosen: {counted(number, 'charge')} of recurring gifts "
        f"{plural(number, 'comes', 'come')} due in the next {length} days, and {expected} is expected"
    )
