"""The articles that carry an appeal, read from text files word for word.

A file is blocks between blank lines: the call, the headline, the picture credit, the paragraphs
(the last names the agency), the words that lead on ("Read more"), then the appeal with its heading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FOLDER: Final = Path(__file__).parent
_FILES: Final[Mapping[int, str]] = MappingProxyType({1: "article.txt"})
_LEADS_ON: Final = "Read more"
_FEWEST_BLOCKS: Final = 8


class ArticleMalformed(Exception):
    """The file has not the blocks that an article has. For whoever edits it."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """What asks for support, under the article and on the page where it is given."""

    heading: str
    paragraphs: tuple[str, ...]
    campaign: str = "independent-journalism"
    """Goes with every link, so that reports can tell what this appeal brought."""

    @property
    def heading_sentences(self) -> tuple[str, ...]:
        """The heading, where a line may best break."""
        return tuple(re.split(r"(?<=\.) ", self.heading))


@dataclass(frozen=True, slots=True)
class Article:
    """One article, in the order in which it is read."""

    id: int
    call: str
    headline: str
    credit: str
    paragraphs: tuple[str, ...]
    attribution: str
    leads_on: str
    appeal: Appeal

    @property
    def slug(self) -> str:
        """The headline as an address: `u-s` would be ugly, so full stops vanish and the rest is hyphens."""
        plain = unicodedata.normalize("NFKD", self.headline).encode("ascii", "ignore").decode().lower()
        return re.sub("[^a-z0-9]+", "-", plain.replace(".", "")).strip("-")

    @property
    def code(self) -> str:
        """How links and reports name it, whatever becomes of the headline."""
        return f"a{self.id}"

    @property
    def path(self) -> str:
        return f"/articles/{self.slug}-{self.code}"


def front_article() -> Article:
    """The one on the front page."""
    return _read(min(_FILES))


def articles() -> tuple[Article, ...]:
    """All there are, by number."""
    return tuple(_read(number) for number in sorted(_FILES))


def find_article(number: int) -> Article | None:
    """The article with this number."""
    return _read(number) if number in _FILES else None


def find_article_by_code(code: str | None) -> Article | None:
    """The article that a link or a gift names, such as `a1`."""
    match = re.fullmatch("a([0-9]{1,9})", code or "")
    return find_article(int(match[1])) if match else None


def parse_article(number: int, text: str) -> Article:
    """The article that `text` holds. Raises ArticleMalformed."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.strip())]
    if len(blocks) < _FEWEST_BLOCKS or _LEADS_ON not in blocks[4:-2]:
        raise ArticleMalformed(f"article {number} lacks blocks, or a block {_LEADS_ON!r} before its appeal")
    turn = blocks.index(_LEADS_ON, 4)
    return Article(
        id=number,
        call=blocks[0],
        headline=blocks[1],
        credit=blocks[2],
        paragraphs=tuple(blocks[3 : turn - 1]),
        attribution=blocks[turn - 1],
        leads_on=blocks[turn],
        appeal=Appeal(heading=blocks[turn + 1], paragraphs=tuple(blocks[turn + 2 :])),
    )


@cache
def _read(number: int) -> Article:
    return parse_article(number, (_FOLDER / _FILES[number]).read_text(encoding="utf-8"))
