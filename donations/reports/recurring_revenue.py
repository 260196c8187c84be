"""Recurring revenue: how it stood, what moved it, who gives and who left; month by month, and in euros."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.movements import MovementKind
from donations.reports.at_risk import at_risk_table
from donations.reports.churn import causes_table, switches_table
from donations.reports.churn_rates import churn_rate_table, quick_ratio_table
from donations.reports.consolidated import Rates
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.movement_figures import people_of
from donations.reports.movement_months import money_months, people_months
from donations.reports.movement_steps import money_table, people_table
from donations.reports.movement_words import KIND_NAMES
from donations.reports.mrr_consolidated import consolidated_months, consolidated_steps, is_consolidated
from donations.reports.mrr_line import line_table
from donations.reports.recurring_ledger import Ledger, Steps, monthly
from donations.reports.table import Report, Table
from donations.reports.words import amounts, counted, on_day, sentence

SLUG: Final = "recurring"
TITLE: Final = "Recurring"
APPLIES: Final = frozenset(Filter) - {Filter.STATUS}

_COMES: Final = (MovementKind.NEW, MovementKind.REACTIVATED, MovementKind.RESUMED)


def run(session: Session, filters: Filters) -> Report:
    """Per currency first; all of them in euros where there are several."""
    ledger = Ledger.read(session, filters)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(ledger),
        facts=facts_of(filters, APPLIES),
        tables=tuple(_tables(session, ledger)),
    )


def _tables(session: Session, ledger: Ledger) -> Iterator[Table]:
    rates = Rates.read(session, ledger.filters.known_on) if is_consolidated(ledger) else None
    yield line_table(ledger)
    yield people_table(ledger)
    yield from (money_table(ledger, code) for code in ledger.currencies)
    if rates is not None:
        yield consolidated_steps(ledger, rates)
    yield causes_table(ledger)
    yield churn_rate_table(ledger)
    yield quick_ratio_table(ledger)
    yield switches_table(ledger)
    yield at_risk_table(session, ledger.filters)
    yield money_months(ledger)
    if rates is not None:
        yield consolidated_months(ledger, rates)
    people = people_months(ledger)
    if people is not None:
        yield people


def _summary(ledger: Ledger) -> str:
    filters = ledger.filters
    if filters.frequency is Frequency.ONCE:
        return "One-time gifts are no recurring revenue: nothing stands here under that frequency."
    if not ledger.currencies:
        return "Nobody has given regularly yet."
    steps = ledger.steps(filters.period)
    worth = amounts(
        monthly(ledger.steps(filters.period, code).closing.annual, code) for code in ledger.currencies
    )
    return f"{_who_gives(steps, filters)}: {worth} a month. {_net(steps, filters)}"


def _who_gives(steps: Steps, filters: Filters) -> str:
    people = people_of(steps.closing, filters)
    noun = counted(steps.closing.gifts, "recurring gift") if people is None else counted(people, "supporter")
    number = steps.closing.gifts if people is None else people
    if filters.is_over:
        verb = "counted" if people is None else "gave regularly"
        return f"At the end of {on_day(filters.period.last)} {noun} {verb}"
    verb = (
        ("counts" if number == 1 else "count") if people is None else f"give{'s' * (number == 1)} regularly"
    )
    return f"{noun[:1].upper()}{noun[1:]} {verb}"


def _net(steps: Steps, filters: Filters) -> str:
    """How many more or fewer than at the opening, and where most of them came from."""
    opening, closing = people_of(steps.opening, filters), people_of(steps.closing, filters)
    if opening is None or closing is None:
        net, noun = steps.closing.gifts - steps.opening.gifts, "gift"
        came = {kind: steps.of(kind).gifts for kind in (*_COMES, MovementKind.UPGRADED)}
    else:
        net, noun = closing - opening, "supporter"
        came = {kind: people_of(steps.of(kind), filters) or 0 for kind in _COMES}
    since = f"since {on_day(filters.period.first)}"
    if not net:
        return sentence(f"as many {noun}s as before {on_day(filters.period.first)}")
    if net < 0:
        return sentence(f"net −{counted(-net, noun)} {since}")
    best = max(came, key=lambda kind: came[kind])
    most = (
        f"; most of those who came were {KIND_NAMES[best].lower()}"
        if came[best] * 2 > sum(came.values())
        else ""
    )
    return sentence(f"net +{counted(net, noun)} {since}{most}")
