"""What the filters of reports offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.models.database import reading
from donations.reports.facts import COMPARE_NAMES
from donations.reports.filter_words import PRESETS, zones_of
from donations.reports.filters import Compare, Filter, Filters
from donations.reports.origin_names import known_origins
from donations.reports.reasons import STANDING_NAMES
from donations.reports.words import FREQUENCY_NAMES
from donations.runtime import current

_FOLDED: Final = (
    Filter.ZONE,
    Filter.CAMPAIGN,
    Filter.ARTICLE,
    Filter.PLACEMENT,
    Filter.STATUS,
    Filter.KNOWN_ON,
)
"""Those that stand behind "More filters", because they are seldom needed."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Values and the words for them."""

    presets: Mapping[str, str]
    comparisons: Mapping[Compare, str]
    zones: Mapping[str, str]
    currencies: tuple[str, ...]
    frequencies: Mapping[Frequency, str]
    standings: Mapping[Standing, str]
    origins: Mapping[Filter, tuple[str, ...]]
    """The campaigns, articles and placements that gifts came from."""
    folded: int
    """How many of the folded ones are chosen."""


def offered(filters: Filters) -> Offered:
    runtime = current()
    usual = runtime.config.report_timezone
    with reading() as session:
        origins = known_origins(session)
    return Offered(
        presets={name: label for name, (label, _) in PRESETS.items()},
        comparisons=COMPARE_NAMES,
        zones={name: name.rpartition("/")[2].replace("_", " ") for name in zones_of(usual)},
        currencies=tuple(runtime.offers.currencies),
        frequencies=FREQUENCY_NAMES,
        standings=STANDING_NAMES,
        origins=origins,
        folded=len(filters.chosen() & set(_FOLDED)),
    )
