"""PDF by typst: tagged for screen readers (PDF/UA), and the same bytes wherever it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

import typst

from donations.paths import TEMPLATES

_FOLDER: Final = TEMPLATES / "documents"
# Only what typst brings along: a machine's own fonts would make another document there.
_FONTS: Final = typst.Fonts(include_system_fonts=False)

_NOT_PRINTABLE: Final = "could not be displayed with font"

Value = str | Sequence["Value"] | Mapping[str, "Value"]


class NotPrintable(Exception):
    """A character that none of our fonts has, which a document for screen readers may not contain."""


def typeset(template: str, words: Mapping[str, Value], made_on: date) -> bytes:
    """Set `templates/documents/<template>.typ` with these words. Raises NotPrintable.

    They are handed over as JSON, beside the source and not within it: a name is never markup.
    """
    try:
        return _compiled(template, words, made_on)
    except typst.TypstError as error:
        if _NOT_PRINTABLE in error.message:
            raise NotPrintable from None
        raise


def set_with_name(name: str | None, make: Callable[[str | None], bytes]) -> bytes:
    """The document that `make` makes for `name`. A name in letters that our fonts lack is left out:
    a document without it is better than none."""
    try:
        return make(name)
    except NotPrintable:
        return make(None)


def _compiled(template: str, words: Mapping[str, Value], made_on: date) -> bytes:
    return typst.compile(
        _FOLDER / f"{template}.typ",
        root=_FOLDER,
        font_paths=_FONTS,
        ignore_system_fonts=True,
        sys_inputs={"words": json.dumps(words)},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(made_on, time.min, tzinfo=UTC),
    )
