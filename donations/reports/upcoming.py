"""The charges of recurring gifts in the days ahead, and what is to be expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.domain.renewals import charges_until
from donations.reports.behind import links
from donations.reports.currency_order import in_order
from donations.reports.definitions import EXPECTED, UPCOMING
from donations.reports.gifts_now import Gifts
from donations.reports.renewal_success import Success
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.words import FREQUENCY_NAMES, amounts, counted, on_day, plural, sentence

HORIZONS: Final = (30, 60, 90)
"""Days, today included."""

_WEEK: Final = 7
_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_CHARGES: Final = Column("charges", "Charges", ColumnKind.COUNT, definition=UPCOMING)
_EXPECTED: Final = Column("expected", "Expected", ColumnKind.MONEY, definition=EXPECTED)
_AHEAD: Final = (
    Column("ahead", "Within", ColumnKind.TEXT),
    Column("until", "Until", ColumnKind.DAY),
    _CURRENCY,
    Column("gifts", "Gifts charged", ColumnKind.COUNT, definition=UPCOMING),
    _CHARGES,
    Column("amount", "Amount due", ColumnKind.MONEY, definition=UPCOMING),
    _EXPECTED,
)
_WEEKS: Final = (
    Column("week", "From", ColumnKind.DAY),
    Column("until", "Until", ColumnKind.DAY),
    _CURRENCY,
    _CHARGES,
    Column("monthly", "Monthly gifts", ColumnKind.MONEY, definition=UPCOMING),
    Column("annual", "Annual gifts", ColumnKind.MONEY, definition=UPCOMING),
    _EXPECTED,
)


@dataclass(frozen=True, slots=True)
class Charge:
    """Gifts that are charged alike on one day. `amount` is what they come to, in minor units; `is_next` says
    whether it is the next charge of each."""

    day: date
    currency: str
    frequency: Frequency
    gifts: int
    amount: int
    is_next: bool


@dataclass(frozen=True, slots=True)
class Upcoming:
    """All charges from today on, as far as the longest horizon."""

    today: date
    charges: tuple[Charge, ...]
    success: Mapping[Frequency, Success]

    @classmethod
    def of(cls, gifts: Iterable[Gifts], success: Mapping[Frequency, Success], today: date) -> Upcoming:
        """Of gifts that count and are not set to end; whose next charge is past is left out."""
        last = today + timedelta(days=max(HORIZONS) - 1)
        charges = tuple(
            Charge(day, each.currency, each.frequency, each.gifts, each.amount, day == each.due_on)
            for each in gifts
            if each.due_on >= today
            for day in charges_until(each.due_on, each.frequency, last)
        )
        return cls(today, charges, success)

    def within(self, days: Period, frequency: Frequency | None = None) -> tuple[Charge, ...]:
        return tuple(
            each for each in self.charges if each.day in days and frequency in (None, each.frequency)
        )

    def expected(self, charges: Iterable[Charge], currency: str) -> Money:
        """Rounded once."""
        mine = (each for each in charges if each.currency == currency)
        exact = sum((self.success[each.frequency].expected(each.amount) for each in mine), Fraction(0))
        return Money(round(exact), currency)

    def horizons(self) -> tuple[tuple[int, Period], ...]:
        return tuple((days, Period(self.today, self.today + timedelta(days=days - 1))) for days in HORIZONS)

    def weeks(self) -> tuple[Period, ...]:
        """Seven days each from today on; the last ends with the longest horizon."""
        last = self.today + timedelta(days=max(HORIZONS) - 1)
        firsts = (self.today + timedelta(days=days) for days in range(0, max(HORIZONS), _WEEK))
        return tuple(Period(first, min(first + timedelta(days=_WEEK - 1), last)) for first in firsts)


def ahead_table(upcoming: Upcoming, frequency: Frequency) -> Table:
    """One row for each horizon and currency."""
    name = FREQUENCY_NAMES[frequency]
    found = {days: upcoming.within(days, frequency) for _, days in upcoming.horizons()}
    currencies = _currencies(charge for charges in found.values() for charge in charges)
    places = tuple((length, days, code) for length, days in upcoming.horizons() for code in currencies)
    rows = tuple(_ahead(length, days, code, found[days], upcoming) for length, days, code in places)
    return Table(
        slug=f"upcoming-{frequency.value}",
        title=f"Upcoming: {name.lower()} gifts",
        sentence=_ahead_sentence(upcoming, frequency, currencies),
        columns=_AHEAD,
        rows=rows,
        notes=() if upcoming.success[frequency].rate is not None else (_IN_FULL,),
        behind=links(_AHEAD, rows, (_behind(days, code, frequency) for _, days, code in places)),
    )


_IN_FULL: Final = "There is not enough data on earlier payments, so all that comes due is expected in full."


def weeks_table(upcoming: Upcoming) -> Table:
    """One row for each week and currency, without gaps."""
    currencies = _currencies(upcoming.charges)
    places = tuple((week, code) for code in currencies for week in upcoming.weeks())
    rows = tuple(_week(week, code, upcoming) for week, code in places)
    return Table(
        slug="upcoming-by-week",
        title="Upcoming by week",
        sentence=_weeks_sentence(upcoming, currencies),
        columns=_WEEKS,
        rows=rows,
        notes=("The last week is cut off by the horizon of 90 days.",),
        chart=Chart(ChartKind.STACKED, "week", ("monthly", "annual")),
        behind=links(_WEEKS, rows, (_behind_week(week, code) for week, code in places)),
    )


def _ahead(length: int, days: Period, code: str, charges: Sequence[Charge], upcoming: Upcoming) -> Row:
    mine = [each for each in charges if each.currency == code]
    return (
        f"{length} days",
        days.last,
        code,
        sum(each.gifts for each in mine if each.is_next),
        sum(each.gifts for each in mine),
        Money(sum(each.amount for each in mine), code),
        upcoming.expected(mine, code),
    )


def _week(week: Period, code: str, upcoming: Upcoming) -> Row:
    mine = [each for each in upcoming.within(week) if each.currency == code]

    def due(frequency: Frequency) -> Money:
        return Money(sum(each.amount for each in mine if each.frequency is frequency), code)

    return (
        week.first,
        week.last,
        code,
        sum(each.gifts for each in mine),
        due(Frequency.MONTHLY),
        due(Frequency.ANNUAL),
        upcoming.expected(mine, code),
    )


def _behind(days: Period, code: str, frequency: Frequency) -> dict[str, Behind]:
    words = _charged_on(days) | {"currency": code, "frequency": frequency.value}
    return {
        "gifts": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "gifts"}),
        "charges": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "charges"}),
        "amount": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "charged"}),
    }


def _behind_week(week: Period, code: str) -> dict[str, Behind]:
    words = _charged_on(week) | {"currency": code}
    return {"charges": Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "charges"})} | {
        each.value: Behind(RowsOf.SUBSCRIPTIONS, words | {"sum": "charged", "frequency": each.value})
        for each in (Frequency.MONTHLY, Frequency.ANNUAL)
    }


def _charged_on(days: Period) -> dict[str, str]:
    due = {"due_from": days.first.isoformat(), "due_to": days.last.isoformat()}
    return due | {"state": "counted", "ending": "no"}


def _currencies(charges: Iterable[Charge]) -> tuple[str, ...]:
    return in_order(each.currency for each in charges)


def _ahead_sentence(upcoming: Upcoming, frequency: Frequency, currencies: Sequence[str]) -> str:
    name = FREQUENCY_NAMES[frequency].lower()
    longest = upcoming.horizons()[-1][1]
    charges = upcoming.within(longest, frequency)
    if not charges:
        return f"No {name} gift comes due in the next {len(longest)} days."
    number = sum(each.gifts for each in charges)
    expected = amounts(upcoming.expected(charges, code) for code in currencies)
    return sentence(
        f"{counted(number, 'charge')} of {name} gifts {plural(number, 'comes', 'come')} due in the next "
        f"{len(longest)} days; expected: {expected}"
    )


def _weeks_sentence(upcoming: Upcoming, currencies: Sequence[str]) -> str:
    if not currencies:
        return "Nothing comes due in the next 90 days."
    said: list[str] = []
    for code in currencies:
        totals = [(upcoming.expected(upcoming.within(week), code), week) for week in upcoming.weeks()]
        most, week = max(totals, key=lambda each: each[0].amount)
        said.append(f"{amounts([most])} in the week from {on_day(week.first)}")
    return f"Most is expected, by currency: {'; '.join(said)}."
