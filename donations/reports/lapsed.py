"""Lapsed: who gave last year or earlier and has not given this year, and for whom a gift is overdue.

All of it is as of now: what is kept of each supporter is the day of their last gift, not of the ones before.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.periods import months_after, whole_month
from donations.models.rollups import SupporterKind
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.freshness import day_of_books
from donations.reports.giving_definitions import LYBUNT, OVERDUE, STILL_RECURRING, SYBUNT, YEARS
from donations.reports.last_gifts import (
    GAVE,
    NOT_RECURRING,
    OVERDUE_MONTHS,
    LastGifts,
    Span,
    behind,
    year_of,
)
from donations.reports.table import (
    Behind,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Definition,
    Report,
    Table,
)
from donations.reports.words import counted, on_day, sentence, share

SLUG: Final = "lapsed"
TITLE: Final = "Lapsed"
APPLIES: Final = frozenset[Filter]()

_BANDS: Final = (OVERDUE_MONTHS, 18, 24, 36, 60)
"""Months since the last gift, from each to the next."""
_NUMBERS: Final = (
    Column("supporters", "Supporters", ColumnKind.COUNT),
    Column(SupporterKind.FORMER, "Formerly recurring", ColumnKind.COUNT),
    Column(SupporterKind.ONCE, "One-time only", ColumnKind.COUNT),
)
_Line = tuple[str, Span]
_NOTE: Final = "As of today, whichever period is shown above."


def run(session: Session, filters: Filters) -> Report:
    gifts = LastGifts.of(session, day_of_books(session, filters.as_of, filters.zone))
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(gifts),
        facts=facts_of(filters, APPLIES),
        tables=(_everyone(gifts), _by_month(gifts), _by_year(gifts), _overdue(gifts)),
    )


def _everyone(gifts: LastGifts) -> Table:
    """All who ever gave, each in one row."""
    recurring = (SupporterKind.RECURRING,)
    before = Span(None, gifts.last_year.last)
    lines = (
        ("Gave this year", gifts.this_year, GAVE),
        ("Not this year, recurring gift goes on", before, recurring),
        ("LYBUNT: last year, not this", gifts.last_year, NOT_RECURRING),
        ("SYBUNT: earlier, neither last year nor this", gifts.earlier, NOT_RECURRING),
    )
    total = gifts.number(Span(None, None), *GAVE)
    shown = lines if total else ()
    return Table(
        slug="everyone",
        title="Everyone who ever gave",
        sentence=_everyone_sentence(gifts, total),
        columns=(
            Column("group", "Last gift", ColumnKind.TEXT),
            _NUMBERS[0],
            Column("share", "Share", ColumnKind.PERCENT),
        ),
        rows=tuple(
            (name, number, Fraction(number, total))
            for name, span, kinds in shown
            for number in [gifts.number(span, *kinds)]
        ),
        notes=(_NOTE,),
        definitions=(LYBUNT, SYBUNT, STILL_RECURRING, YEARS),
        behind={
            (number, "supporters"): behind(span, *kinds) for number, (_, span, kinds) in enumerate(shown)
        },
    )


def _by_month(gifts: LastGifts) -> Table:
    """LYBUNT: appeals go out near the day on which somebody gave."""
    year = gifts.today.year - 1
    months = [whole_month(date(year, month, 1)) for month in range(1, 13)]
    lines = [(f"{month.first:%B %Y}", Span(month.first, month.last)) for month in months]
    total = gifts.number(gifts.last_year, *NOT_RECURRING)
    gave = sentence(f"{counted(total, 'supporter')} gave in {year}, and not since")
    most = max(lines, key=lambda line: gifts.number(line[1], *NOT_RECURRING))
    best = gifts.number(most[1], *NOT_RECURRING)
    return _by_last_gift(
        gifts,
        slug="lybunt",
        title="LYBUNT: gave last year, not this",
        text=f"{gave} The most in one month: {best:,}, in {most[0]}." if total else gave,
        lines=lines if total else [],
        definitions=(LYBUNT,),
    )


def _by_year(gifts: LastGifts) -> Table:
    """SYBUNT, the latest year first."""
    last = gifts.today.year - 2
    years = range(last, gifts.first_year() - 1, -1)
    total = gifts.number(gifts.earlier, *NOT_RECURRING)
    return _by_last_gift(
        gifts,
        slug="sybunt",
        title="SYBUNT: gave in an earlier year, neither last year nor this",
        text=sentence(f"{counted(total, 'supporter')} gave last in {last} or earlier"),
        lines=[(str(year), year_of(year)) for year in years] if total else [],
        definitions=(SYBUNT,),
    )


def _overdue(gifts: LastGifts) -> Table:
    """By how long ago the last gift was."""
    total = gifts.number(gifts.overdue, *NOT_RECURRING)
    since = on_day(months_after(gifts.today, -OVERDUE_MONTHS))
    who = sentence(f"{counted(total, 'supporter')} gave last on {since} or before")
    return _by_last_gift(
        gifts,
        slug="overdue",
        title="Overdue: 13 months and more",
        text=who,
        lines=_bands(gifts.today) if total else [],
        definitions=(OVERDUE,),
    )


def _bands(today: date) -> list[_Line]:
    """Without a gap and without an overlap, the latest first."""
    bands: list[_Line] = []
    for begin, end in pairwise(_BANDS):
        after = months_after(today, -end) + timedelta(days=1)
        bands.append((f"{begin} to {end} months ago", Span(after, months_after(today, -begin))))
    oldest = months_after(today, -_BANDS[-1])
    return [*bands, (f"{_BANDS[-1]} months ago and more", Span(None, oldest))]


def _by_last_gift(
    gifts: LastGifts,
    *,
    slug: str,
    title: str,
    text: str,
    lines: list[_Line],
    definitions: tuple[Definition, ...],
) -> Table:
    """One row a span: those without a recurring gift that goes on who gave last in it."""
    kinds = {"supporters": NOT_RECURRING, **{kind.value: (kind,) for kind in NOT_RECURRING}}
    figures: dict[tuple[int, str], Behind] = {
        (number, key): behind(span, *those)
        for number, (_, span) in enumerate(lines)
        for key, those in kinds.items()
    }
    return Table(
        slug=slug,
        title=title,
        sentence=text,
        columns=(Column("last_gift", "Last gift", ColumnKind.TEXT), *_NUMBERS),
        rows=tuple((name, *(gifts.number(span, *those) for those in kinds.values())) for name, span in lines),
        notes=(_NOTE,),
        definitions=(*definitions, YEARS),
        chart=Chart(ChartKind.STACKED, "last_gift", (SupporterKind.FORMER.value, SupporterKind.ONCE.value)),
        behind=figures,
    )


def _everyone_sentence(gifts: LastGifts, total: int) -> str:
    if not total:
        return "Nobody has given yet."
    given = gifts.number(gifts.this_year, *GAVE)
    part = f"{given:,} have given in {gifts.today.year}, or {share(Fraction(given, total))}"
    return f"Of {counted(total, 'supporter')} who ever gave, {part}."


def _summary(gifts: LastGifts) -> str:
    last, earlier, overdue = (
        gifts.number(span, *NOT_RECURRING) for span in (gifts.last_year, gifts.earlier, gifts.overdue)
    )
    if not (last or earlier):
        return f"On {on_day(gifts.today)}, nobody who gave in an earlier year is missing."
    missing = f"{counted(last, 'supporter')} of {gifts.today.year - 1} and {earlier:,} of earlier years"
    late = f"for {overdue:,} of all, the last gift is 13 months old or older"
    return f"On {on_day(gifts.today)}, {missing} have not given this year and give no regular gift; {late}."
