"""Texts that a spreadsheet would take for a formula. Names and campaigns are typed by strangers."""

from __future__ import annotations

import unicodedata
from typing import Final

_STARTS: Final = tuple("=+-@\t\r\n\u2212")
_SKIPPED: Final = " \u00a0\u180e\u200b\u200c\u200d\u2060\ufeff"
"""Spaces and marks without width, which some programs drop before they look for a formula."""
_ALPHABETS_END: Final = 0x500
PLAIN_STARTS: Final = frozenset(
    each
    for each in map(chr, range(_ALPHABETS_END))
    if each.isalnum() and unicodedata.normalize("NFKC", each) == each
)
"""Latin, Greek and Cyrillic letters, and digits. A text that begins with one is no formula, whatever
follows: none of them is skipped, and no mark that is put on one makes a sign of it."""


def begins_like_formula(text: str) -> bool:
    """Whether the first character that counts is one that formulas begin with, in any of its forms."""
    if text[:1] in PLAIN_STARTS:
        return False
    seen = unicodedata.normalize("NFKC", text)
    return any(
        start.lstrip(_SKIPPED).startswith(_STARTS) or start.lstrip().startswith(_STARTS)
        for start in (text, seen)
    )


def neutralised(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if begins_like_formula(text) else text
