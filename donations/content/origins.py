"""Which names a link may carry for a visit to be counted under them.

Anyone can write a link, and what strangers write must not fill a table. Gifts are another matter:
each keeps the names it came with, for a gift costs whoever would play.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

from donations.content.articles import articles
from donations.domain.offers import OfferBook

_SHIPPED: Final = Path(__file__).with_name("origins.toml")
_LISTS: Final = ("campaigns", "placements", "variants")
_LONGEST: Final = 100


class Placement(StrEnum):
    """Where our own pages ask."""

    HEADER = "header"
    ARTICLE_END = "article-end"


class OriginsInvalid(Exception):
    """The file is not three lists of names. For whoever edits it."""


@dataclass(frozen=True, slots=True)
class KnownOrigins:
    """The names that count."""

    campaigns: frozenset[str]
    articles: frozenset[str]
    placements: frozenset[str]
    variants: frozenset[str]


def load_origins(book: OfferBook, path: Path | None = None) -> KnownOrigins:
    """The names of the file, the shipped one by default, and those of our own pages and offers.

    Raises OriginsInvalid, OSError and TOMLDecodeError.
    """
    data = tomllib.loads((path or _SHIPPED).read_text(encoding="utf-8"))
    strangers = sorted(set(data) - set(_LISTS))
    if strangers:
        raise OriginsInvalid(f"does not know {strangers[0]!r}: there are {', '.join(_LISTS)}")
    campaigns, placements, variants = (_names(data, name) for name in _LISTS)
    return KnownOrigins(
        campaigns=campaigns
        | {campaign for campaign, _, _ in book.campaigns}
        | {article.appeal.campaign for article in articles()},
        articles=frozenset(article.code for article in articles()),
        placements=placements | {each.value for each in Placement},
        variants=variants,
    )


def _names(data: Mapping[str, Any], name: str) -> frozenset[str]:
    names = data.get(name, [])
    if not isinstance(names, list) or not all(_is_name(each) for each in cast("list[object]", names)):
        raise OriginsInvalid(f"{name} must be a list of names of at most {_LONGEST} characters")
    return frozenset(cast("list[str]", names))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.strip() == value and 0 < len(value) <= _LONGEST
