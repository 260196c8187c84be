"""What we write to supporters, with sample data: every kind, variant and language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Response, render_template, request

from donations.documents.receipt import receipt_pdf
from donations.documents.samples import PUBLISHER, RECEIPT, STATEMENT
from donations.documents.yearly_statement import statement_pdf
from donations.domain.errors import NotFound
from donations.emails.registry import KINDS, Kind
from donations.emails.rendering import Written
from donations.emails.samples import sample_letterhead
from donations.languages import Language, language_of
from donations.web.policy import route_policy
from donations.web.staff.framed import letter_page, page_around
from donations.web.staff.permissions import Permission, needs

_LANGUAGE_NAMES: Final[Mapping[Language, str]] = {Language.ENGLISH: "English", Language.RUSSIAN: "Russian"}


@dataclass(frozen=True, slots=True)
class _SampleDocument:
    filename: str
    make: Callable[[Language], bytes]


_DOCUMENTS: Final[Mapping[str, _SampleDocument]] = {
    "receipt": _SampleDocument(RECEIPT.filename, lambda language: receipt_pdf(RECEIPT, PUBLISHER, language)),
    "yearly_statement": _SampleDocument(
        STATEMENT.filename, lambda language: statement_pdf(STATEMENT, PUBLISHER, language)
    ),
}
"""By the kind of letter that they go with."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which sample the address asks for."""

    kind: Kind
    variant: str
    language: Language
    is_neutral: bool

    def written(self) -> Written:
        head = sample_letterhead(self.language, is_neutral=self.is_neutral)
        return self.kind.samples[self.variant](head)

    def address(self, **changes: str | None) -> dict[str, str | None]:
        """What an address of this sample holds, but for `changes`."""
        own = {
            "kind": self.kind.slug,
            "variant": self.variant,
            "lang": self.language.value,
            "subject": "neutral" if self.is_neutral else None,
        }
        return own | changes


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """Every kind, with its variants."""
    return render_template("staff/messages.html", kinds=KINDS.values())


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(kind: str) -> Response:
    """One letter: its subject, its HTML in a frame, its plain text."""
    choice = _choice(kind)
    return page_around(
        "staff/message.html",
        choice=choice,
        written=choice.written(),
        variants=_variants(choice),
        languages=_languages(choice),
        subjects=_subjects(choice),
        document=_DOCUMENTS.get(kind),
    )


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def letter(kind: str) -> Response:
    """The HTML by itself."""
    return letter_page(_choice(kind).written().html)


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def document(kind: str) -> Response:
    """The PDF that goes with the letter."""
    sample = _DOCUMENTS.get(kind)
    if sample is None:
        raise NotFound("document")
    response = Response(sample.make(language_of(request.args.get("lang"))), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{sample.filename}"'
    return response


_Way = tuple[str, dict[str, str | None], bool]
"""A way to another sample: its words, what it changes in the address, whether it is the one shown."""


def _variants(choice: _Choice) -> list[_Way]:
    return [
        (variant.replace("-", " ").capitalize(), {"variant": variant}, variant == choice.variant)
        for variant in choice.kind.samples
    ]


def _languages(choice: _Choice) -> list[_Way]:
    return [(name, {"lang": tag.value}, tag is choice.language) for tag, name in _LANGUAGE_NAMES.items()]


def _subjects(choice: _Choice) -> list[_Way]:
    return [
        ("Its own subject", {"subject": None}, not choice.is_neutral),
        ("Neutral subject", {"subject": "neutral"}, choice.is_neutral),
    ]


def _choice(slug: str) -> _Choice:
    kind = KINDS.get(slug)
    if kind is None:
        raise NotFound("message")
    variant = request.args.get("variant") or next(iter(kind.samples))
    if variant not in kind.samples:
        raise NotFound("message")
    is_neutral = request.args.get("subject") == "neutral"
    return _Choice(kind, variant, language_of(request.args.get("lang")), is_neutral)
