"""Payments of recurring gifts that failed, and what became of them: in a period, and month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Self

from sqlalchemy.orm import Session

from donations.domain.failures import first_pending_day
from donations.domain.periods import Period, last_months, local_day, whole_month
from donations.reports.behind import dates, links
from donations.reports.definitions import COMPARED, CONFIRMATION, FAILED, GIVEN_UP, PENDING_FAILURES, RECOVERY
from donations.reports.filters import Filters
from donations.reports.sum_values import FailureSums
from donations.reports.sums import failures_by
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.words import counted, on_days, plural, sentence, share

_MONTHS: Final = 12
_DAY: Final = timedelta(days=1)
_FAILED: Final = Column("failed", "Failed", ColumnKind.COUNT, definition=FAILED)
_IN_TIME: Final = Column("in_time", "Recovered in time", ColumnKind.COUNT, definition=RECOVERY)
_RATE: Final = Column("rate", "Recovery rate", ColumnKind.PERCENT, definition=RECOVERY)
_PENDING: Final = Column("pending", "Pending", ColumnKind.COUNT, definition=PENDING_FAILURES)
_OUTCOMES: Final = (
    _IN_TIME,
    Column("later", "Recovered later", ColumnKind.COUNT, definition=RECOVERY),
    Column("given_up", "Given up", ColumnKind.COUNT, definition=GIVEN_UP),
    Column("owed", "Still owed", ColumnKind.COUNT, definition=GIVEN_UP),
    _PENDING,
)


@dataclass(frozen=True, slots=True)
class Failures:
    """The failed payments of some days: those old enough to be judged, and those that are pending."""

    judged: FailureSums
    pending: FailureSums
    period: Period
    pending_from: date

    @property
    def failed(self) -> int:
        return self.judged.failed + self.pending.failed

    @property
    def rate(self) -> Fraction | None:
        """None where none is old enough."""
        judged = self.judged
        return Fraction(judged.recovered_in_time, judged.failed) if judged.failed else None

    @property
    def needed_confirmation(self) -> int:
        return self.judged.needed_confirmation + self.pending.needed_confirmation

    def figures(self) -> dict[str, int | Fraction | None]:
        """By the keys of the columns."""
        return {
            "failed": self.failed,
            "judged": self.judged.failed,
            "rate": self.rate,
            "in_time": self.judged.recovered_in_time,
            "later": self.judged.recovered_later,
            "given_up": self.judged.given_up,
            "owed": self.judged.open,
            "pending": self.pending.failed,
            "pending_recovered": self.pending.recovered,
            "needed_confirmation": self.needed_confirmation,
        }

    def behind(self) -> dict[str, Behind]:
        """The rows of each figure that is a number of them."""
        first, last = self.period.first, self.period.last
        whole = {"failed": {}, "needed_confirmation": {"confirmation": "yes"}}
        found = {key: Behind(RowsOf.FAILURES, dates(self.period) | words) for key, words in whole.items()}
        if first < self.pending_from:
            days = dates(Period(first, min(last, self.pending_from - _DAY)))
            judged = {"in_time": "in_time", "later": "later", "given_up": "given_up", "owed": "open"}
            found["judged"] = Behind(RowsOf.FAILURES, days)
            for key, outcome in judged.items():
                found[key] = Behind(RowsOf.FAILURES, days | {"outcome": outcome})
        if last >= self.pending_from:
            days = dates(Period(max(first, self.pending_from), last))
            found["pending"] = Behind(RowsOf.FAILURES, days)
            found["pending_recovered"] = Behind(RowsOf.FAILURES, days | {"outcome": "recovered"})
        return found

    def row(self, name: str, columns: tuple[Column, ...]) -> Row:
        figures = self.figures()
        return (name, *(figures[column.key] for column in columns[1:]))

    @classmethod
    def of(cls, days: Days, period: Period, today: date) -> Self:
        pending_from = first_pending_day(today)
        sums = {True: FailureSums(), False: FailureSums()}
        for (day,), each in days.items():
            if day in period:
                sums[day >= pending_from] += each
        return cls(sums[False], sums[True], period, pending_from)


Days = Mapping[tuple[date], FailureSums]


def failures_by_day(session: Session, filters: Filters) -> Days:
    """All days that are spoken of, in one read."""
    first = min(_of_months(filters).first, filters.previous.first)
    return failures_by(session, filters, Period(first, filters.period.last), "day")


def failures_in(days: Days, filters: Filters, period: Period) -> Failures:
    return Failures.of(days, period, local_day(filters.as_of, filters.zone))


def failures_by_month(days: Days, filters: Filters) -> tuple[Failures, ...]:
    """The twelve months up to the end of the period, or all of its months where they are more."""
    return tuple(failures_in(days, filters, month) for month in _months(_of_months(filters)))


def _of_months(filters: Filters) -> Period:
    first = min(filters.period.first.replace(day=1), last_months(filters.period.last, _MONTHS).first)
    return Period(first, filters.period.last)


def period_table(now: Failures, before: Failures) -> Table:
    """The period, and below it the one that it is compared with."""
    columns = (
        Column("days", "First failed", ColumnKind.TEXT),
        _FAILED,
        _RATE,
        *_OUTCOMES,
        Column("pending_recovered", "Paid already", ColumnKind.COUNT, definition=PENDING_FAILURES),
        Column("needed_confirmation", "Confirmation", ColumnKind.COUNT, definition=CONFIRMATION),
    )
    rows = tuple(each.row(on_days(each.period), columns) for each in (now, before))
    return Table(
        slug="failed-payments",
        title="Failed payments",
        sentence=said_of(now),
        columns=columns,
        rows=rows,
        notes=("In time: within 30 days. “Paid already” are among the pending ones.",),
        definitions=(COMPARED,),
        behind=links(columns, rows, (now.behind(), before.behind())),
    )


def rate_table(months: tuple[Failures, ...]) -> Table:
    """How many of those that are old enough were paid within 30 days."""
    columns = (
        _MONTH,
        Column("judged", "Failed at least 30 days ago", ColumnKind.COUNT, definition=RECOVERY),
        _IN_TIME,
        _RATE,
    )
    rows = tuple(each.row(_name(each.period), columns) for each in months)
    return Table(
        slug="recovery-rate-by-month",
        title="Recovery rate by month of first failure",
        sentence=_rate_sentence(months),
        columns=columns,
        rows=rows,
        notes=("A month is blank until something that failed in it is 30 days old.",),
        chart=Chart(ChartKind.LINE, "month", ("rate",)),
        behind=links(columns, rows, (each.behind() for each in months)),
    )


def outcomes_table(months: tuple[Failures, ...]) -> Table:
    """What became of each month's: the parts add up to what failed."""
    columns = (_MONTH, _FAILED, *_OUTCOMES)
    rows = tuple(each.row(_name(each.period), columns) for each in months)
    return Table(
        slug="failed-payments-by-month",
        title="What became of them, by month of first failure",
        sentence=_outcomes_sentence(months),
        columns=columns,
        rows=rows,
        chart=Chart(
            ChartKind.STACKED,
            "month",
            tuple(column.key for column in _OUTCOMES),
            {"in_time": "Within 30 days", "later": "Later"},
        ),
        behind=links(columns, rows, (each.behind() for each in months)),
    )


_MONTH: Final = Column("month", "Month", ColumnKind.TEXT)


def said_of(failures: Failures) -> str:
    """What the period's figures say."""
    if not failures.failed:
        return "No payment of a recurring gift failed in these days."
    judged, pending = failures.judged, failures.pending
    first = sentence(f"{counted(failures.failed, 'payment')} of recurring gifts failed in these days")
    parts = [first]
    if failures.rate is not None:
        saved = judged.recovered_in_time
        parts.append(
            f"{saved:,} of the {judged.failed:,} that failed at least 30 days ago "
            f"{plural(saved, 'was', 'were')} recovered within 30 days ({share(failures.rate)})."
        )
    if pending.failed:
        parts.append(
            f"{pending.failed:,} {plural(pending.failed, 'is', 'are')} pending, younger than 30 days; "
            f"{pending.recovered or 'none'} of {plural(pending.failed, 'it', 'these')} recovered already."
        )
    return " ".join(parts)


def _rate_sentence(months: tuple[Failures, ...]) -> str:
    judged = sum(each.judged.failed for each in months)
    if not judged:
        return "Nothing that failed in these months is 30 days old, so there is no rate yet."
    rate = Fraction(sum(each.judged.recovered_in_time for each in months), judged)
    rated = [(each.rate, each) for each in months if each.rate is not None]
    whole = f"{share(rate)} of the {counted(judged, 'payment')} that failed in these months recovered in time"
    if len({each for each, _ in rated}) == 1:
        return f"{whole}."
    best, worst = (choose(rated, key=lambda each: each[0]) for choose in (max, min))
    return (
        f"{whole}; from {share(worst[0])} in {_name(worst[1].period)} to {share(best[0])} in "
        f"{_name(best[1].period)}."
    )


def _outcomes_sentence(months: tuple[Failures, ...]) -> str:
    failed = sum(each.failed for each in months)
    if not failed:
        return "No payment failed in these months."
    recovered = sum(each.judged.recovered + each.pending.recovered for each in months)
    given_up = sum(each.judged.given_up + each.pending.given_up for each in months)
    undecided = failed - recovered - given_up
    return sentence(
        f"of {counted(failed, 'payment')} that failed in these months, {recovered:,} recovered by now, "
        f"{given_up:,} {plural(given_up, 'was', 'were')} given up, and "
        f"{undecided:,} {plural(undecided, 'is', 'are')} undecided"
    )


def _months(period: Period) -> list[Period]:
    months: list[Period] = []
    first = period.first
    while first <= period.last:
        month = whole_month(first)
        months.append(Period(first, min(month.last, period.last)))
        first = month.last + _DAY
    return months


def _name(period: Period) -> str:
    """`November 2026`; with its days where not all of it is meant."""
    return f"{period.first:%B %Y}" if period == whole_month(period.first) else on_days(period)
