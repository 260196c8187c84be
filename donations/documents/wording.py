"""Words that the documents share."""

from __future__ import annotations

from donations.documents.publisher import Publisher
from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.languages import Language, catalogue_of


def how_often(frequency: Frequency, language: Language) -> str:
    _ = catalogue_of(language).gettext
    match frequency:
        case Frequency.ONCE:
            return _("One time")
        case Frequency.MONTHLY:
            return _("Every month")
        case Frequency.ANNUAL:
            return _("Every year")


def sum_with_code(money: Money, language: Language) -> str:
    """`$10 (USD)`: a sign alone belongs to several currencies."""
    return f"{format_money(money, language.value)} ({money.currency.upper()})"


def verification(publisher: Publisher, language: Language) -> dict[str, str]:
    """How whoever holds the document has it checked."""
    _ = catalogue_of(language).gettext
    return {
        "verify_heading": _("Is this document genuine?"),
        "verify_how": _("Whoever holds it can check that on this page, with its number and its code:"),
        "verify_url": publisher.verify_url,
        "verify_code": _("Code"),
        "verify_what": _("The page confirms the amount and the date, and tells nothing else."),
    }
