"""The safety notice: giving from Russia is prosecuted there, and we say so before anyone does.

Its words are an editor's and a lawyer's to change, so they are a file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_SHIPPED: Final = Path(__file__).with_name("safety.toml")


class SafetyNoticeInvalid(Exception):
    """The file does not hold a title and a text for each language. For whoever edits it."""


@dataclass(frozen=True, slots=True)
class SafetyNotice:
    """The notice in one language, named by its BCP 47 tag."""

    language: str
    title: str
    text: str


@cache
def load_safety_notices(path: Path | None = None) -> tuple[SafetyNotice, ...]:
    """The notices of the file, the shipped one by default, in its order.

    Raises SafetyNoticeInvalid, OSError and TOMLDecodeError.
    """
    data = tomllib.loads((path or _SHIPPED).read_text(encoding="utf-8"))
    notices = tuple(_notice(language, words) for language, words in data.items())
    if not notices:
        raise SafetyNoticeInvalid("the safety notice is empty")
    return notices


def _notice(language: str, words: object) -> SafetyNotice:
    match words:
        case {"title": str(title), "text": str(text)} if title.strip() and text.strip():
            return SafetyNotice(language, title.strip(), text.strip())
        case _:
            raise SafetyNoticeInvalid(f"[{language}] needs a title and a text")
