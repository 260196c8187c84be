"""The lines of the recurring-revenue ledger behind a figure, by the day on which something moved.

A level is made of lines, too: all of them up to the end of a day. Only lines that change what is summed
stand here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, SQLColumnExpression, and_, case, cast, literal, or_, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.domain.periods import local_day
from donations.models import Movement, Subscription, Supporter
from donations.reports.filters import Filter, Filters
from donations.reports.movement_words import CAUSE_NAMES, KIND_NAMES, TAG_NAMES
from donations.reports.rows.conditions import known_by, of_origin
from donations.reports.rows.movement_choices import CHOICES, chosen_lines, is_within_span
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES

APPLIES: Final = frozenset(
    {
        Filter.PERIOD,
        Filter.ZONE,
        Filter.CURRENCY,
        Filter.FREQUENCY,
        Filter.CAMPAIGN,
        Filter.ARTICLE,
        Filter.PLACEMENT,
        Filter.KNOWN_ON,
    }
)
WORDS: Final = frozenset({"sum"}) | CHOICES

_SUMMED: Final = frozenset({"mrr", "annual", "gifts", "supporters", "lines"})
_MONEY: Final = frozenset({"mrr", "annual"})
_NOTE: Final = (
    "One line is one movement of one recurring gift. A month's worth is a twelfth of a year's: it is rounded "
    "here line by line, and the sum of all lines only once."
)

_COLUMNS: Final = (
    Column("day", "Happened on", ColumnKind.DAY),
    Column("known_on", "Recorded on", ColumnKind.DAY),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("movement", "Movement", ColumnKind.TEXT),
    Column("why", "Why", ColumnKind.TEXT),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("mrr", "A month", ColumnKind.MONEY, is_change=True),
    Column("annual", "A year", ColumnKind.MONEY, is_change=True),
    Column("supporters", "Supporters", ColumnKind.COUNT, is_change=True),
    Column("gifts", "Gifts", ColumnKind.COUNT, is_change=True),
)


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `sum` names what is summed: mrr, a year's worth (annual), gifts, supporters, or only lines;
    `movement_choices` has the other words."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    summed = words.get("sum", "mrr")
    if summed not in _SUMMED:
        problems.append("We do not know what to sum, so recurring revenue is summed.")
        summed = "mrr"
    columns = _columns(filters)
    query = (
        select(*columns.values())
        .join(Supporter, Supporter.id == Movement.supporter_id)
        .join(Subscription, Subscription.id == Movement.subscription_id)
        .where(*_asked(filters, summed, columns), is_within_span(filters, words, problems))
        .where(*chosen_lines(words, problems))
        .order_by(Movement.occurred_at.desc(), Movement.id.desc())
    )
    return Source(
        slug="movements",
        title="Movements of recurring revenue",
        noun="movement",
        columns=_COLUMNS,
        query=query,
        row=lambda found: _row(found, filters.zone),
        currency=Movement.currency if summed in _MONEY else None,
        amount={"mrr": columns["annual"], "lines": None}.get(summed, columns.get(summed)),
        divided_by=MONTHS_A_YEAR if summed == "mrr" else 1,
        notes=(_NOTE,),
        problems=tuple(problems),
    )


def _columns(filters: Filters) -> dict[str, SQLColumnExpression[Any]]:
    """A line that changes a gift's rhythm takes what it was from the one, and gives what it is to the other:
    with a frequency chosen, a line shows what it did there."""
    after = Movement.annual_before + Movement.annual_amount
    annual: SQLColumnExpression[Any] = Movement.annual_amount
    gifts: SQLColumnExpression[Any] = _one_if(after > 0) - _one_if(Movement.annual_before > 0)
    heads = Movement.supporters if filters.currency is None else Movement.supporters_in_currency
    supporters: SQLColumnExpression[Any] = heads
    if filters.frequency is not None:
        is_here = Movement.frequency == filters.frequency
        came = and_(is_here, Movement.switched_from.is_not(None))
        annual = case((came, after), (is_here, annual), else_=-Movement.annual_before)
        gifts = case((came, _one_if(after > 0)), (is_here, gifts), else_=-_one_if(Movement.annual_before > 0))
        supporters = case((is_here, heads), else_=literal(0))
    return {
        "occurred_at": Movement.occurred_at,
        "recorded_at": Movement.recorded_at,
        "supporter": Supporter.reference,
        "kind": Movement.kind,
        "cause": Movement.cause,
        "tag": Movement.tag,
        "frequency": Movement.frequency,
        "currency": Movement.currency,
        "annual": annual,
        "supporters": supporters,
        "gifts": gifts,
    }


def _asked(
    filters: Filters, summed: str, columns: Mapping[str, SQLColumnExpression[Any]]
) -> Iterator[ColumnElement[bool]]:
    yield from known_by(Movement.recorded_at, filters)
    yield from of_origin(Subscription.origin_id, filters)
    if filters.currency is not None:
        yield Movement.currency == filters.currency
    if filters.frequency is not None:
        is_here = Movement.frequency == filters.frequency
        # A line is counted where it leads to, and moves what it led away from, too.
        yield is_here if summed == "lines" else or_(is_here, Movement.switched_from == filters.frequency)
    if summed != "lines":
        yield columns["annual" if summed == "mrr" else summed] != 0


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(condition, Integer)


def _row(found: Any, zone: ZoneInfo) -> Row:
    occurred_at, recorded_at, reference, kind, cause, tag, frequency, currency, annual, people, gifts = found
    why = [CAUSE_NAMES[cause]] if cause is not None else []
    why += [TAG_NAMES[tag]] if tag is not None else []
    return (
        local_day(occurred_at, zone),
        local_day(recorded_at, zone),
        reference,
        KIND_NAMES[kind],
        ", ".join(why) or None,
        FREQUENCY_NAMES[frequency],
        currency,
        Money(round(annual / MONTHS_A_YEAR), currency),
        Money(annual, currency),
        people,
        gifts,
    )
