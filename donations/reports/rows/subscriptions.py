"""The recurring gifts behind a figure, as they stand now: one row each of those that have not ended.

Charges to come are asked for by `due_from` and `due_to`: then the rows are the gifts that are charged on
these days, with how often each is. Days are those of the books' zone, in which charges are dated.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, literal, select, true
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.domain.periods import Period
from donations.domain.renewals import due_days_charged_in
from donations.models import Subscription, Supporter
from donations.models.rollups import GiftState, GiftStateKind
from donations.models.rollups.keys import NO_DAY
from donations.reports.filter_words import LONGEST_DAYS
from donations.reports.filters import Filter, Filters
from donations.reports.freshness import day_of_books
from donations.reports.gifts_now import COUNTED, STATE_NAMES
from donations.reports.rows.conditions import of_origin
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES

APPLIES: Final = frozenset(
    {Filter.CURRENCY, Filter.FREQUENCY, Filter.CAMPAIGN, Filter.ARTICLE, Filter.PLACEMENT}
)
WORDS: Final = frozenset({"sum", "state", "ending", "due_from", "due_to", "next_after", "next_before"})

_COLUMNS: Final = (
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("state", "How it stands", ColumnKind.TEXT),
    Column("ending", "Set to end", ColumnKind.TEXT),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("due_on", "Next charge", ColumnKind.DAY),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Each charge", ColumnKind.MONEY),
    Column("mrr", "A month", ColumnKind.MONEY),
    Column("charges", "Charges", ColumnKind.COUNT),
    Column("charged", "Charges come to", ColumnKind.MONEY),
)
_NOTES: Final = (
    "As they stand now. A month of an annual gift is a twelfth; the sum is rounded once, not row by row.",
)
_SUMS: Final = frozenset({"gifts", "amount", "mrr", "charges", "charged"})
_COUNTED: Final = "counted"


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `sum` is gifts (they are counted), amount (of one charge each), mrr, charges (their number)
    or charged (what they come to); `state` is active, failing, paused, waiting or counted (what is in
    MRR); `ending` is yes or no; `due_from` and `due_to` are days, `next_after` and `next_before` days
    around which the next charge is; one that is not known is before all."""
    return read_page(session, _source(session, filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(session, filters, words))


def _source(session: Session, filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    summed = words.get("sum", "gifts")
    if summed not in _SUMS:
        problems.append("We do not know what to sum, so the gifts are counted.")
    today = day_of_books(session, filters.as_of, filters.zone)
    days = _days(words, today, problems)
    charges = case((GiftState.due_on >= today, 1), else_=0) if days is None else _charges_in(days, today)
    sums = {
        "amount": GiftState.amount.expression,
        "mrr": GiftState.annual.expression,
        "charges": charges,
        "charged": charges * GiftState.amount,
    }
    is_number = summed not in {"amount", "mrr", "charged"}
    return Source(
        slug="subscriptions",
        title="Recurring gifts",
        noun="recurring gift",
        columns=_COLUMNS,
        query=select(
            Supporter.reference,
            GiftState.state,
            GiftState.is_ending,
            GiftState.frequency,
            GiftState.due_on,
            GiftState.currency,
            GiftState.amount,
            GiftState.annual,
            charges.label("charges"),
        )
        .join(Subscription, Subscription.id == GiftState.subscription_id)
        .join(Supporter, Supporter.id == Subscription.supporter_id)
        .where(*_asked(filters), *_narrowed(words, problems), *_next(words, problems))
        .where(charges > 0 if days else true())
        .order_by(GiftState.due_on, GiftState.subscription_id),
        row=_row,
        currency=None if is_number else GiftState.currency,
        amount=sums.get(summed),
        divided_by=MONTHS_A_YEAR if summed == "mrr" else 1,
        notes=_NOTES,
        problems=tuple(problems),
    )


def _charges_in(days: Period, today: date) -> ColumnElement[int]:
    """How many of a gift's charges fall on these days, reckoned from its next one."""
    numbers = [
        case(
            (and_(GiftState.frequency == frequency, GiftState.due_on.between(due.first, due.last)), 1),
            else_=0,
        )
        for frequency in (Frequency.MONTHLY, Frequency.ANNUAL)
        for due in due_days_charged_in(days, frequency, today)
    ]
    return sum(numbers, literal(0))


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.currency is not None:
        yield GiftState.currency == filters.currency
    if filters.frequency is not None:
        yield GiftState.frequency == filters.frequency
    yield from of_origin(Subscription.origin_id, filters)


def _narrowed(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    state, ending = words.get("state"), words.get("ending")
    if state == _COUNTED:
        yield GiftState.state.in_(COUNTED)
    elif state in set(GiftStateKind):
        yield GiftState.state == state
    elif state:
        problems.append("We do not know that state, so all are shown.")
    if ending in {"yes", "no"}:
        yield GiftState.is_ending.is_(ending == "yes")
    elif ending:
        problems.append("A gift is set to end (yes) or is not (no); all are shown.")


def _next(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    try:
        if words.get("next_after"):
            yield GiftState.due_on > date.fromisoformat(words["next_after"])
        if words.get("next_before"):
            yield GiftState.due_on < date.fromisoformat(words["next_before"])
    except ValueError:
        problems.append("Write the day of the next charge like 2026-11-22; all are shown.")


def _days(words: Mapping[str, str], today: date, problems: list[str]) -> Period | None:
    first, last = words.get("due_from"), words.get("due_to")
    if not first and not last:
        return None
    try:
        days = Period(date.fromisoformat(first or ""), date.fromisoformat(last or ""))
    except ValueError:
        problems.append("Write the first and the last day of charges like 2026-11-22; all gifts are shown.")
        return None
    if today <= days.first and days.last <= today + timedelta(days=LONGEST_DAYS):
        return days
    problems.append("Charges are foreseen from today on, for three years; all gifts are shown.")
    return None


def _row(found: Any) -> Row:
    reference, state, is_ending, frequency, due_on, currency, amount, annual, charges = found
    return (
        reference,
        STATE_NAMES[state],
        "Yes" if is_ending else "No",
        FREQUENCY_NAMES[frequency],
        None if due_on == NO_DAY else due_on,
        currency,
        Money(amount, currency),
        Money(round(Fraction(annual, MONTHS_A_YEAR)), currency),
        charges,
        Money(amount * charges, currency),
    )
