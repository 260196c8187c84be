"""Goals of campaigns: what each has brought in, whether its pace will do, and what was pledged apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.amounts import format_money
from donations.domain.goals import GoalState
from donations.domain.money import Money
from donations.reports.behind import dates, links
from donations.reports.definitions import GOAL, PACE, PLEDGED
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.goal_figures import BEGINNINGS, MOST_GOALS, GoalFigures
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Report, Row, RowsOf, Table
from donations.reports.words import LOCALE, amounts, counted, plural, sentence, share

SLUG: Final = "goals"
TITLE: Final = "Goals"
APPLIES: Final = frozenset({Filter.ZONE, Filter.CURRENCY, Filter.CAMPAIGN, Filter.KNOWN_ON})
STATE_NAMES: Final[Mapping[GoalState, str]] = {
    GoalState.COMING: "To come",
    GoalState.RUNNING: "Running",
    GoalState.OVER: "Over",
    GoalState.CLOSED: "Closed early",
}

_GOAL: Final = Column("goal", "Goal", ColumnKind.TEXT)
_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_PROGRESS: Final = (
    _GOAL,
    Column("campaign", "Campaign", ColumnKind.TEXT),
    Column("state", "Stands", ColumnKind.TEXT),
    Column("first", "From", ColumnKind.DAY),
    Column("last", "To", ColumnKind.DAY),
    _CURRENCY,
    Column("amount", "To raise", ColumnKind.MONEY),
    Column("gross", "Given", ColumnKind.MONEY, definition=GOAL),
    Column("refunded", "Refunded", ColumnKind.MONEY, definition=GOAL),
    Column("raised", "Received", ColumnKind.MONEY, definition=GOAL),
    Column("progress", "Progress", ColumnKind.PERCENT, definition=GOAL),
)
_PACE: Final = (
    _GOAL,
    _CURRENCY,
    Column("gone", "Days gone", ColumnKind.COUNT),
    Column("left", "Days left", ColumnKind.COUNT),
    Column("missing", "Missing", ColumnKind.MONEY, definition=GOAL),
    Column("so_far", "A day so far", ColumnKind.MONEY, definition=PACE),
    Column("needed", "A day needed", ColumnKind.MONEY, definition=PACE),
    Column("at_this_pace", "By the end at this pace", ColumnKind.MONEY, definition=PACE),
    Column("course", "On course", ColumnKind.TEXT),
)
_PLEDGES: Final = (
    _GOAL,
    _CURRENCY,
    Column("pledges", "Recurring gifts begun", ColumnKind.COUNT, definition=PLEDGED),
    Column("pledged", "12-month pledge value", ColumnKind.MONEY, definition=PLEDGED),
)


def run(session: Session, filters: Filters) -> Report:
    """Each goal has its own days, whatever period is chosen."""
    asked = replace(filters, frequency=None, article=None, placement=None, status=None)
    goals = GoalFigures.all(session, asked)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(goals),
        facts=facts_of(asked, APPLIES),
        tables=(progress_table(goals), pace_table(goals), pledges_table(goals)),
    )


def progress_table(goals: Sequence[GoalFigures]) -> Table:
    rows = tuple(_progress(each) for each in goals)
    cut = f"Only the {MOST_GOALS} goals that end last are shown."
    return Table(
        slug="progress",
        title="Progress",
        sentence=_progress_sentence(goals),
        columns=_PROGRESS,
        rows=rows,
        notes=(cut,) if len(goals) == MOST_GOALS else (),
        chart=Chart(ChartKind.BARS, "goal", ("raised", "amount"), {"amount": "To raise"}),
        behind=links(_PROGRESS, rows, (_behind(each) for each in goals)),
    )


def pace_table(goals: Sequence[GoalFigures]) -> Table:
    """Of those that are running."""
    running = [each for each in goals if each.state is GoalState.RUNNING]
    return Table(
        slug="pace",
        title="Pace of those that are running",
        sentence=_pace_sentence(running),
        columns=_PACE,
        rows=tuple(_pace(each) for each in running),
    )


def pledges_table(goals: Sequence[GoalFigures]) -> Table:
    """Apart from what was received."""
    rows = tuple(
        (each.goal.name, each.currency, each.pledges, Money(each.pledged, each.currency)) for each in goals
    )
    return Table(
        slug="pledges",
        title="Pledged for the next twelve months",
        sentence=_pledges_sentence(goals),
        columns=_PLEDGES,
        rows=rows,
        notes=("A pledge is no income yet: some of these gifts will end or fail before the year is over.",),
        behind=links(_PLEDGES, rows, (_behind(each) for each in goals)),
    )


def _progress(figures: GoalFigures) -> Row:
    goal, progress = figures.goal, figures.progress
    return (
        goal.name,
        goal.campaign,
        STATE_NAMES[figures.state],
        goal.first_on,
        goal.last_on if goal.closed_on is None else min(goal.last_on, goal.closed_on),
        goal.currency,
        progress.goal,
        Money(figures.gross, goal.currency),
        Money(figures.refunded, goal.currency),
        progress.raised,
        progress.share,
    )


def _pace(figures: GoalFigures) -> Row:
    progress, window = figures.progress, figures.window
    return (
        figures.goal.name,
        figures.currency,
        window.days_gone(figures.today),
        window.days_left(figures.today),
        progress.missing,
        *(
            _rounded(each, figures.currency)
            for each in (progress.a_day_so_far, progress.a_day_needed, progress.at_this_pace)
        ),
        _course(figures),
    )


def _course(figures: GoalFigures) -> str:
    if figures.progress.is_reached:
        return "Reached"
    return "Yes" if _is_on_course(figures) else "No"


def _is_on_course(figures: GoalFigures) -> bool:
    at_this_pace = figures.progress.at_this_pace
    return at_this_pace is not None and at_this_pace >= figures.goal.amount


def _rounded(exact: Fraction | None, currency: str) -> Money | None:
    return None if exact is None else Money(round(exact), currency)


def _behind(figures: GoalFigures) -> dict[str, Behind]:
    days = figures.window.until(figures.today)
    if days is None:
        return {}
    words = dates(days) | {"campaign": figures.goal.campaign, "currency": figures.currency}
    begun = words | {"movement": ",".join(each.value for each in BEGINNINGS)}
    return {
        "gross": Behind(RowsOf.DONATIONS, words),
        "refunded": Behind(RowsOf.ADJUSTMENTS, words | {"kind": "refund"}),
        "pledges": Behind(RowsOf.MOVEMENTS, begun | {"sum": "gifts"}),
        "pledged": Behind(RowsOf.MOVEMENTS, begun | {"sum": "annual"}),
    }


def _summary(goals: Sequence[GoalFigures]) -> str:
    if not goals:
        return "There is no goal to show. Finance and admins set them under “Goals” in the menu."
    running = [each for each in goals if each.state is GoalState.RUNNING]
    if not running:
        return "No goal is running. Each has days of its own, whatever period is chosen."
    number = counted(len(running), "goal")
    said = "; ".join(_said(each) for each in running[:_FEW])
    more = f"; and {len(running) - _FEW:,} more" if len(running) > _FEW else ""
    return f"{number} {plural(len(running), 'is', 'are')} running. {said}{more}."


_FEW: Final = 3


def _said(figures: GoalFigures) -> str:
    progress = figures.progress
    raised, goal = (format_money(each, LOCALE) for each in (progress.raised, progress.goal))
    left = counted(figures.window.days_left(figures.today), "day")
    return f"{figures.goal.name}: {raised} of {goal} ({share(progress.share)}), {left} left"


def _progress_sentence(goals: Sequence[GoalFigures]) -> str:
    if not goals:
        return "There is no goal to show."
    reached = sum(each.progress.is_reached for each in goals)
    return sentence(
        f"{reached or 'none'} of {counted(len(goals), 'goal')} {plural(reached, 'is', 'are')} reached"
    )


def _pace_sentence(running: Sequence[GoalFigures]) -> str:
    if not running:
        return "No goal is running today."
    open_ones = [each for each in running if not each.progress.is_reached]
    if not open_ones:
        return "Every goal that is running is reached already."
    ahead = sum(_is_on_course(each) for each in open_ones)
    return sentence(
        f"of {counted(len(open_ones), 'running goal')} not reached yet, {ahead or 'none'} "
        f"{plural(ahead, 'gets', 'get')} there at the pace so far"
    )


def _pledges_sentence(goals: Sequence[GoalFigures]) -> str:
    number = sum(each.pledges for each in goals)
    if not number:
        return "No recurring gift began through these campaigns in their days."
    codes = sorted({each.currency for each in goals})
    worth = amounts(
        Money(sum(each.pledged for each in goals if each.currency == code), code) for code in codes
    )
    return sentence(
        f"{counted(number, 'recurring gift')} began through these campaigns in their days, worth {worth} in "
        "a year if all go on; what lies within two goals counts in both"
    )
