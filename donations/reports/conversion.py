"""How many of those who were asked gave: all together, and by campaign, article and placement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Final

from donations.content.articles import find_article_by_code
from donations.domain.conversion import Step
from donations.reports.filter_words import written_origin
from donations.reports.filters import Filter, Filters
from donations.reports.funnel import PREVIOUS, Steps, share, share_cells
from donations.reports.table import (
    Behind,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Definition,
    Row,
    RowsOf,
    Table,
)
from donations.reports.words import counted, listed

MOST_NAMES: Final = 100
_LONGEST_HEADLINE: Final = 48

APPEAL: Final = Definition(
    "Appeal views",
    "Pages with the appeal that were sent to somebody who asked for them. Known programs and pages fetched "
    "ahead are left out, and so are copies that a browser or a proxy had kept (a minute at most). Of whoever "
    "looks nothing is stored, so one person who looks twice is two views.",
)
SUPPORT: Final = Definition(
    "Support visits",
    "Pages on which readers give, counted like the views. Who comes back from Stripe's page is not counted "
    "again. A visit counts under the names of its link that are known: those of our pages and offers, those "
    "written down in origins.toml, and campaigns that have brought a gift.",
)
CHECKOUT: Final = Definition(
    "Checkouts",
    "Attempts to give, by the day they were opened at Stripe. Monthly gifts offered on the page of thanks "
    "are left out: no visit leads to them.",
)
PAID: Final = Definition("Paid", "Those checkouts that were paid, by the day they were opened.")
SHARE: Final = Definition(
    "Shares",
    "Visits ÷ views, checkouts ÷ visits, paid ÷ checkouts, and paid ÷ visits. Empty where there was nothing "
    "before, or less than after: not every way leads through every step.",
)
INTERVAL: Final = Definition(
    "From, to",
    "The 95 % interval of Wilson: the true share lies in it 19 times out of 20. Wide where there is little "
    "data.",
)

_DEFINITIONS: Final = {
    Step.APPEAL: APPEAL,
    Step.SUPPORT: SUPPORT,
    Step.CHECKOUT: CHECKOUT,
    Step.PAID: PAID,
}
_NUMBERS: Final = {
    step: Column(step, definition.term, ColumnKind.COUNT, definition=definition)
    for step, definition in _DEFINITIONS.items()
}
_SHARES: Final[Mapping[tuple[Step, Step], Column]] = {
    (step, of): Column(f"{step}_of_{of}", label, ColumnKind.PERCENT, definition=SHARE)
    for step, of, label in (
        (Step.SUPPORT, Step.APPEAL, "Visits ÷ views"),
        (Step.CHECKOUT, Step.SUPPORT, "Checkouts ÷ visits"),
        (Step.PAID, Step.CHECKOUT, "Paid ÷ checkouts"),
    )
}
WHOLE: Final = (
    Column("paid_of_support", "Paid ÷ visits", ColumnKind.PERCENT, definition=SHARE),
    Column("low", "From", ColumnKind.PERCENT, definition=INTERVAL),
    Column("high", "To", ColumnKind.PERCENT, definition=INTERVAL),
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to tell where readers came from."""

    filter: Filter
    title: str
    none: str
    """What stands where a link named none."""
    steps: tuple[Step, ...] = tuple(Step)
    label: Callable[[str], str] = str
    notes: tuple[str, ...] = ()


def article_label(code: str) -> str:
    """The headline behind a code such as `a1`, as far as a table has room for it; the code itself where
    there is no such article."""
    article = find_article_by_code(code)
    if article is None:
        return code
    return f"{shorten(article.headline, _LONGEST_HEADLINE, placeholder='…')} ({code})"


CAMPAIGNS: Final = Dimension(Filter.CAMPAIGN, "Campaign", "No campaign")
ARTICLES: Final = Dimension(Filter.ARTICLE, "Article", "No article", label=article_label)
PLACEMENTS: Final = Dimension(
    Filter.PLACEMENT,
    "Placement",
    "No placement",
    steps=(Step.SUPPORT, Step.CHECKOUT, Step.PAID),
    notes=("A page with the appeal shows all its placements at once, so its views belong to none of them.",),
)


def together(steps: Steps, filters: Filters) -> Table:
    """One row a step, whoever came from wherever."""
    rows = tuple(
        (_DEFINITIONS[step].term, steps[step], *share_cells(share(steps, step, PREVIOUS[step])))
        if step in PREVIOUS
        else (_DEFINITIONS[step].term, steps[step], None, None, None)
        for step in Step
    )
    return Table(
        slug="conversion",
        title="From the appeal to the gift",
        sentence=_sentence_together(steps),
        columns=(
            Column("step", "Step", ColumnKind.TEXT),
            Column("number", "How often", ColumnKind.COUNT),
            Column("share", "Of the step before", ColumnKind.PERCENT, definition=SHARE),
            *WHOLE[1:],
        ),
        rows=rows,
        notes=_notes(filters),
        definitions=(*_DEFINITIONS.values(), SHARE, INTERVAL),
        chart=Chart(ChartKind.BARS, "step", ("number",)),
        behind={(row, "number"): behind_step(step) for row, step in enumerate(Step)},
    )


def by(dimension: Dimension, found: Mapping[tuple[str, ...], Counter[Step]], filters: Filters) -> Table:
    """One row a name, those that brought most gifts first."""
    counted_in = {name: steps for (name,), steps in found.items() if any(steps[s] for s in dimension.steps)}
    names = sorted(counted_in, key=lambda name: _place(name, counted_in[name]))
    shown, others = names[:MOST_NAMES], names[MOST_NAMES:]
    rows = [_row(dimension, dimension.label(name) or dimension.none, counted_in[name]) for name in shown]
    if others:
        rest = sum((counted_in[name] for name in others), Counter[Step]())
        rows.append(_row(dimension, f"{len(others):,} others", rest))
    return Table(
        slug=f"conversion-by-{dimension.filter}",
        title=f"Conversion by {dimension.title.lower()}",
        sentence=_sentence_by(dimension, counted_in),
        columns=_columns(dimension),
        rows=tuple(rows),
        notes=(*dimension.notes, *_notes(filters)),
        definitions=(*(_DEFINITIONS[step] for step in dimension.steps), SHARE, INTERVAL),
        chart=Chart(ChartKind.BARS, dimension.filter, (Step.PAID,)),
        behind={
            (row, step): behind_step(step, {dimension.filter: name})
            for row, name in enumerate(shown)
            for step in dimension.steps
        },
    )


def behind_step(step: Step, names: Mapping[str, str] | None = None) -> Behind:
    """The hours in which pages were sent, or the checkouts. `names` narrow it; '' is "none"."""
    of = RowsOf.VISITS if step in {Step.APPEAL, Step.SUPPORT} else RowsOf.CHECKOUTS
    words = {name: written_origin(value) or "" for name, value in (names or {}).items()}
    return Behind(of, {"step": step, **words})


def _notes(filters: Filters) -> tuple[str, ...]:
    """What is asked for that steps cannot be told apart by."""
    names = {
        "the currency": filters.currency,
        "the frequency": filters.frequency,
        "“as known on”": filters.known_on,
    }
    ignored = [name for name, value in names.items() if value is not None]
    return (f"Steps do not go by {listed(ignored)}: who looks has not chosen yet.",) if ignored else ()


def sentence_of(steps: Steps) -> str:
    """What all of them did."""
    if not any(steps.values()):
        return "Nobody saw the appeal or the page where readers give in these days."
    parts = (
        counted(steps[Step.APPEAL], "view of the appeal", "views of the appeal"),
        counted(
            steps[Step.SUPPORT],
            "visit to the page where readers give",
            "visits to the page where readers give",
        ),
        counted(steps[Step.CHECKOUT], "checkout"),
    )
    return (
        f"There were {listed(parts)}; {steps[Step.PAID]:,} of the checkouts {_were(steps[Step.PAID])} paid."
    )


def _sentence_together(steps: Steps) -> str:
    """How many of the visits led to a gift, and how sure that is."""
    part = share(steps, Step.PAID, Step.SUPPORT)
    value, low, high = share_cells(part)
    if value is None or low is None or high is None:
        return "How many visits lead to a gift cannot be said of these days."
    return (
        f"Of 100 visits to the page where readers give, {float(100 * value):.1f} led to a gift; "
        f"most likely between {float(100 * low):.1f} and {float(100 * high):.1f} do."
    )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _columns(dimension: Dimension) -> tuple[Column, ...]:
    steps = dimension.steps
    shares = (column for (_, of), column in _SHARES.items() if of in steps)
    return (
        Column(dimension.filter, dimension.title, ColumnKind.TEXT),
        *(_NUMBERS[step] for step in steps),
        *shares,
        *WHOLE,
    )


def _row(dimension: Dimension, label: str, steps: Steps) -> Row:
    shares: Iterable[Cell] = (
        share_cells(share(steps, step, of))[0] for step, of in _SHARES if of in dimension.steps
    )
    whole = share_cells(share(steps, Step.PAID, Step.SUPPORT))
    return (label, *(steps[step] for step in dimension.steps), *shares, *whole)


def _place(name: str, steps: Steps) -> tuple[int, int, int, int, str]:
    return (-steps[Step.PAID], -steps[Step.CHECKOUT], -steps[Step.SUPPORT], -steps[Step.APPEAL], name)


def _sentence_by(dimension: Dimension, found: Mapping[str, Steps]) -> str:
    named = {name: steps[Step.PAID] for name, steps in found.items() if name}
    most = max(named.values(), default=0)
    kind = dimension.title.lower()
    if not most:
        return f"No {kind} brought a gift in these days."
    best = [name for name, paid in named.items() if paid == most]
    if len(best) > 1:
        return f"No one {kind} brought more gifts than all others."
    total = sum(steps[Step.PAID] for steps in found.values())
    return f"Most gifts came by {dimension.label(best[0])}: {most:,} of {total:,}."
