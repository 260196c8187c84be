"""What was asked, in the words that stand on the page, in every export and in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from donations.reports.filter_words import PRESETS
from donations.reports.filters import Compare, Filter, Filters
from donations.reports.reasons import STANDING_NAMES
from donations.reports.words import FREQUENCY_NAMES, listed, on_day, on_days

FILTER_NAMES: Final[Mapping[Filter, str]] = {
    Filter.PERIOD: "Period",
    Filter.COMPARE: "Compared with",
    Filter.ZONE: "Days of",
    Filter.CURRENCY: "Currency",
    Filter.FREQUENCY: "Frequency",
    Filter.CAMPAIGN: "Campaign",
    Filter.ARTICLE: "Article",
    Filter.PLACEMENT: "Placement",
    Filter.STATUS: "Status",
    Filter.KNOWN_ON: "As known on",
}
COMPARE_NAMES: Final[Mapping[Compare, str]] = {
    Compare.BEFORE: "Days before",
    Compare.YEAR: "Year before",
}
_IN_A_SENTENCE: Final[Mapping[Filter, str]] = {
    Filter.PERIOD: "the period",
    Filter.COMPARE: "the comparison with a year before",
    Filter.ZONE: "the other time zone",
    Filter.CURRENCY: "the currency",
    Filter.FREQUENCY: "the frequency",
    Filter.CAMPAIGN: "the campaign",
    Filter.ARTICLE: "the article",
    Filter.PLACEMENT: "the placement",
    Filter.STATUS: "the status",
    Filter.KNOWN_ON: "“as known on”",
}


def facts_of(filters: Filters, applies: frozenset[Filter] = frozenset(Filter)) -> tuple[tuple[str, str], ...]:
    """Period, comparison, currency and frequency always; of the rest, those that are chosen and applied."""
    local = filters.as_of.astimezone(filters.zone)
    facts = {
        Filter.PERIOD: f"{on_days(filters.period)}{_preset(filters)}",
        Filter.COMPARE: on_days(filters.previous),
        Filter.CURRENCY: filters.currency.upper() if filters.currency else "All, each for itself",
        Filter.FREQUENCY: FREQUENCY_NAMES[filters.frequency] if filters.frequency else "All",
        **_chosen(filters),
    }
    known = tuple((FILTER_NAMES[name], text) for name, text in facts.items() if name in applies)
    return (*known, ("As of", f"{on_day(local.date())}, {local:%H:%M} ({filters.zone.key})"))


def not_followed(filters: Filters, applies: frozenset[Filter]) -> str | None:
    """Which of the chosen filters the figures do not follow, as a sentence; None where they follow all."""
    ignored = sorted(filters.chosen() - applies, key=tuple(Filter).index)
    if not ignored:
        return None
    names = listed(_IN_A_SENTENCE[name] for name in ignored)
    return f"This page does not go by {names}: its figures are the same with or without."


def _preset(filters: Filters) -> str:
    return f" ({PRESETS[filters.preset][0].lower()})" if filters.preset else ""


def _chosen(filters: Filters) -> dict[Filter, str]:
    facts: dict[Filter, str | None] = {
        Filter.ZONE: None if filters.is_usual_zone else filters.zone.key,
        Filter.CAMPAIGN: _origin(filters.campaign),
        Filter.ARTICLE: _origin(filters.article),
        Filter.PLACEMENT: _origin(filters.placement),
        Filter.STATUS: STANDING_NAMES[filters.status] if filters.status else None,
        Filter.KNOWN_ON: on_day(filters.known_on) if filters.known_on else None,
    }
    return {name: text for name, text in facts.items() if text is not None}


def _origin(name: str | None) -> str | None:
    return "None" if name == "" else name
