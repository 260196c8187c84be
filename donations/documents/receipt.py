"""A receipt as PDF: what one charge was, for a giver's records, an employer or a tax office."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from donations.documents.publisher import Publisher
from donations.documents.typesetting import set_with_name, typeset
from donations.documents.wording import how_often, sum_with_code, verification
from donations.domain.days import format_day
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.languages import Language, catalogue_of


@dataclass(frozen=True, slots=True)
class ReceiptDocument:
    """`code` is verification.py's, over number, amount and day. `name` stands there only if it was given."""

    number: str
    code: str
    amount: Money
    charged_on: date
    frequency: Frequency
    reference: str
    statement_descriptor: str
    name: str | None

    @property
    def filename(self) -> str:
        return f"receipt-{self.number}.pdf"


def receipt_pdf(document: ReceiptDocument, publisher: Publisher, language: Language) -> bytes:
    """The receipt in the giver's language, with the name if it can be printed."""
    return set_with_name(document.name, lambda name: _set(replace(document, name=name), publisher, language))


def _set(document: ReceiptDocument, publisher: Publisher, language: Language) -> bytes:
    _ = catalogue_of(language).gettext
    facts = (
        (_("Receipt number"), document.number),
        (_("Date"), format_day(document.charged_on, language.value)),
        (_("Amount"), sum_with_code(document.amount, language)),
        (_("How often"), how_often(document.frequency, language)),
        (_("Given by"), document.name or ""),
        (_("Reference"), document.reference),
        (_("On the bank statement"), document.statement_descriptor),
    )
    words = {
        "language": language.value,
        "publisher": publisher.name,
        "address": publisher.address,
        "title": _("Receipt %(number)s") % {"number": document.number},
        "heading": _("Receipt for a donation"),
        "thanks": _("Received with thanks by %(publisher)s.") % {"publisher": publisher.name},
        "facts": [[label, value] for label, value in facts if value],
        "statement": _("No goods or services were provided in return for this donation."),
        "code": document.code,
        **verification(publisher, language),
    }
    return typeset("receipt", words, document.charged_on)
