"""How words stand in the plain text of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import fill
from typing import Final

_WIDTH: Final = 72
_MANY_BLANK_LINES: Final = re.compile(r"\n{3,}")
# All kinds of space and line break, but for those that keep a figure and its sign together.
_SPACES: Final = re.compile(r"[^\S\u00a0\u202f]+")
_SPACES_AT_THE_END: Final = re.compile(r"[ \t]+$", re.MULTILINE)


def on_one_line(words: str) -> str:
    """Whatever line breaks a value brought become spaces: a name cannot write lines of its own."""
    return _SPACES.sub(" ", words).strip()


def wrapped(paragraph: str) -> str:
    """In lines of 72 characters."""
    return fill(on_one_line(paragraph), _WIDTH, break_long_words=False, break_on_hyphens=False)


def aligned(rows: Iterable[tuple[str, str | None]]) -> str:
    """`Label:  value`, the values under each other; rows without a value are left out."""
    kept = [(f"{label}:", on_one_line(value)) for label, value in rows if value]
    width = max((len(label) for label, _ in kept), default=0)
    return "\n".join(f"{label:<{width}}  {value}" for label, value in kept)


def underlined(heading: str) -> str:
    words = on_one_line(heading)
    return f"{words}\n{'=' * len(words)}"


def tidied(text: str) -> str:
    """One blank line between paragraphs, none at the ends, no spaces at the end of a line."""
    without_spaces = _SPACES_AT_THE_END.sub("", text)
    return _MANY_BLANK_LINES.sub("\n\n", without_spaces).strip() + "\n"
