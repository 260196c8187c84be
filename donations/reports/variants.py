"""Variants of an appeal beside each other, and whether the data tells them apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

from donations.domain.conversion import LEAST_TRIALS, Share, Step, better_than
from donations.reports.conversion import INTERVAL, PAID, SHARE, SUPPORT, WHOLE, behind_step
from donations.reports.filters import Filter
from donations.reports.funnel import share, share_cells
from donations.reports.table import Column, ColumnKind, Definition, Row, Table
from donations.reports.words import listed

NOT_ENOUGH: Final = "Not enough data"
VARIANT: Final = "variant"

VERDICT: Final = Definition(
    "Verdict",
    f"One variant is called better than another of its campaign only where both had at least {LEAST_TRIALS} "
    "visits (with fewer, one gift more or less moves the share by a whole percentage point) and their 95 % "
    "intervals do not touch. That is stricter than a test at 5 %, because a table that is looked at every "
    "day shows a difference by chance sooner or later. It says nothing of the size of the gifts.",
)
_COLUMNS: Final = (
    Column("campaign", "Campaign", ColumnKind.TEXT),
    Column(VARIANT, "Variant", ColumnKind.TEXT),
    Column(Step.SUPPORT, "Support visits", ColumnKind.COUNT, definition=SUPPORT),
    Column(Step.PAID, "Paid", ColumnKind.COUNT, definition=PAID),
    *WHOLE,
    Column("verdict", "Verdict", ColumnKind.TEXT, definition=VERDICT),
)
_NOTE: Final = (
    "Variants can be compared only where they were shown in the same places on the same days, and where "
    "origins.toml names them: the visits of others are counted without their variant."
)
_MOST_ROWS: Final = 200

Shares = Mapping[str, Share | None]


def variants_table(found: Mapping[tuple[str, ...], Counter[Step]]) -> Table:
    """One row for each variant of each campaign; `found` is by campaign and variant."""
    steps = {
        key: each for key, each in sorted(found.items()) if key[1] and (each[Step.SUPPORT] or each[Step.PAID])
    }
    campaigns: dict[str, dict[str, Share | None]] = defaultdict(dict)
    for (campaign, variant), each in steps.items():
        campaigns[campaign][variant] = share(each, Step.PAID, Step.SUPPORT)
    shown = list(steps)[:_MOST_ROWS]
    return Table(
        slug="variants",
        title="Variants",
        sentence=_sentence(campaigns),
        columns=_COLUMNS,
        rows=tuple(_row(key, steps[key], campaigns[key[0]]) for key in shown),
        notes=(_NOTE,),
        definitions=(SUPPORT, PAID, SHARE, INTERVAL, VERDICT),
        behind={
            (row, step): behind_step(step, {Filter.CAMPAIGN: campaign, VARIANT: variant})
            for row, (campaign, variant) in enumerate(shown)
            for step in (Step.SUPPORT, Step.PAID)
        },
    )


def verdict(variant: str, shares: Shares) -> str:
    """`Better than a`, `Behind b`, or that there is not enough data."""
    better = better_than({name: each for name, each in shares.items() if each is not None})
    beaten = sorted(better.get(variant, ()))
    if beaten:
        return f"Better than {listed(beaten)}"
    ahead = sorted(name for name, others in better.items() if variant in others)
    return f"Behind {listed(ahead)}" if ahead else NOT_ENOUGH


def _row(key: tuple[str, ...], steps: Counter[Step], shares: Shares) -> Row:
    campaign, variant = key
    cells = share_cells(shares[variant])
    return (
        campaign or "No campaign",
        variant,
        steps[Step.SUPPORT],
        steps[Step.PAID],
        *cells,
        verdict(variant, shares),
    )


def _sentence(campaigns: Mapping[str, Shares]) -> str:
    if not campaigns:
        return "No link named a variant in these days."
    told = [
        f"In {campaign or 'no campaign'}, {variant} brought more gifts a visit than {listed(others)}."
        for campaign, shares in campaigns.items()
        for variant, others in _better(shares)
    ]
    return " ".join(told) or "There is not enough data to say that one variant does better than another."


def _better(shares: Shares) -> list[tuple[str, list[str]]]:
    better = better_than({name: each for name, each in shares.items() if each is not None})
    return [(name, sorted(others)) for name, others in better.items() if others]
