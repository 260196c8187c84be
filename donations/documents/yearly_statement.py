"""A year's statement as PDF: every charge, what was refunded, and what each currency came to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from donations.documents.publisher import Publisher
from donations.documents.typesetting import Value, set_with_name, typeset
from donations.documents.wording import how_often, verification
from donations.domain.amounts import format_money
from donations.domain.days import format_day
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.languages import Language, catalogue_of


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One charge. `receipt_number` is None for a donation without a receipt of its own."""

    charged_on: date
    receipt_number: str | None
    frequency: Frequency
    amount: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class StatementTotal:
    """One currency. `code` is verification.py's, over the statement's number, `kept` and its day."""

    given: Money
    refunded: Money
    code: str

    @property
    def kept(self) -> Money:
        return self.given - self.refunded


@dataclass(frozen=True, slots=True)
class StatementDocument:
    number: str
    year: int
    issued_on: date
    name: str | None
    lines: tuple[StatementLine, ...]
    totals: tuple[StatementTotal, ...]

    @property
    def filename(self) -> str:
        return f"statement-{self.number}.pdf"


def statement_pdf(document: StatementDocument, publisher: Publisher, language: Language) -> bytes:
    """The statement in the giver's language, with the name if it can be printed."""
    return set_with_name(document.name, lambda name: _set(replace(document, name=name), publisher, language))


def _set(document: StatementDocument, publisher: Publisher, language: Language) -> bytes:
    _ = catalogue_of(language).gettext
    year = {"year": document.year}
    facts = (
        (_("Statement number"), document.number),
        (_("Issued on"), format_day(document.issued_on, language.value)),
        (_("Given by"), document.name or ""),
    )
    words: dict[str, Value] = {
        "language": language.value,
        "publisher": publisher.name,
        "address": publisher.address,
        "title": _("Statement %(number)s") % {"number": document.number},
        "heading": _("Donations in %(year)s") % year,
        "thanks": _("Received with thanks by %(publisher)s.") % {"publisher": publisher.name},
        "facts": [[label, value] for label, value in facts if value],
        "statement": _("No goods or services were provided in return for these donations."),
        "page": _("Page"),
        **_totals(document, language),
        **_lines(document, language),
        **verification(publisher, language),
    }
    return typeset("yearly_statement", words, document.issued_on)


def _totals(document: StatementDocument, language: Language) -> dict[str, Value]:
    _ = catalogue_of(language).gettext
    return {
        "totals_heading": _("In all"),
        "totals_columns": [_("Currency"), _("Given"), _("Refunded"), _("Total"), _("Code")],
        "totals": [
            [
                total.given.currency.upper(),
                format_money(total.given, language.value),
                format_money(total.refunded, language.value),
                format_money(total.kept, language.value),
                total.code,
            ]
            for total in document.totals
        ],
    }


def _lines(document: StatementDocument, language: Language) -> dict[str, Value]:
    _ = catalogue_of(language).gettext
    return {
        "lines_heading": _("Payment by payment"),
        "lines_columns": [_("Date"), _("Receipt"), _("How often"), _("Given"), _("Refunded")],
        "lines": [
            [
                format_day(line.charged_on, language.value),
                line.receipt_number or "–",
                how_often(line.frequency, language),
                format_money(line.amount, language.value),
                format_money(line.refunded, language.value) if line.refunded.is_positive else "–",
            ]
            for line in document.lines
        ],
    }
