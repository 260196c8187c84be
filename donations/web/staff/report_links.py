"""Addresses of reports, and of the rows behind their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus, urlencode

from flask import url_for

from donations.reports.figures import name_of, narrowed, words_kept
from donations.reports.filters import FILTER_WORDS, Filter, Filters
from donations.reports.registry import REPORTS, Group
from donations.reports.rows.registry import ROWS
from donations.reports.table import Report

FIGURE: Final = "figure"
"""The word of an address that names the figure whose rows are shown."""
WITHIN: Final = "within"
"""The word that holds the words of the page on which the figure stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """A report in the list of all."""

    slug: str
    title: str


def places() -> Mapping[Group, tuple[Place, ...]]:
    """All reports, by the heading that they stand under."""
    grouped: dict[Group, tuple[Place, ...]] = {}
    for group in Group:
        found = tuple(Place(slug, entry.title) for slug, entry in REPORTS.items() if entry.group is group)
        if found:
            grouped[group] = found
    return grouped


def report_url(slug: str, words: Mapping[str, str]) -> str:
    query: dict[str, Any] = dict(words)
    return url_for("staff.report", slug=slug, **query)


def filter_words(words: Mapping[str, str]) -> dict[str, str]:
    """Of the words of an address, those that are filters."""
    return {name: word for name, word in words.items() if name in FILTER_WORDS and word}


def words_of(text: str) -> dict[str, str]:
    """The filters that `written` wrote; what is no filter is left out."""
    return filter_words(dict(parse_qsl(text)))


def written(words: Mapping[str, str]) -> str:
    return urlencode(filter_words(words))


def row_links(
    report: Report, filters: Filters, applies: frozenset[Filter]
) -> dict[tuple[str, int, str], str]:
    """Where each figure leads, by its table, row and column.

    A page has a thousand of them, so what they share is written once.
    """
    kept, within = words_kept(filters, applies), _word(written(filters.words()))
    addresses = {of: url_for("staff.rows", of=of.value) for of in ROWS}
    links: dict[tuple[str, int, str], str] = {}
    for table in report.tables:
        for (row, key), behind in table.behind.items():
            if behind.of in addresses:
                asked = "&".join(f"{name}={_word(word)}" for name, word in narrowed(kept, behind).items())
                figure = _word(name_of(report.slug, table.slug, row, key))
                address = f"{addresses[behind.of]}?{asked}&{FIGURE}={figure}&{WITHIN}={within}"
                links[table.slug, row, key] = address
    return links


@lru_cache(maxsize=4_096)
def _word(word: str) -> str:
    return quote_plus(word)
