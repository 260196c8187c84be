"""How to write an amount, said to whoever wrote it otherwise.

Whole sentences, for a word put into another's place does not agree with it in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from donations.domain.errors import AmountNotUnderstood
from donations.domain.sentences import N_

_POINT: Final = "."
_COMMA: Final = ","
_CENTS: Final = frozenset({"eur", "usd"})
_PENCE: Final = frozenset({"gbp"})

_AT_MARK: Final[Mapping[tuple[str, str], str]] = {
    (_POINT, "cents"): N_("Use a point before the cents, like %(example)s"),
    (_COMMA, "cents"): N_("Use a comma before the cents, like %(example)s"),
    (_POINT, "pence"): N_("Use a point before the pence, like %(example)s"),
    (_COMMA, "pence"): N_("Use a comma before the pence, like %(example)s"),
    (_POINT, "decimals"): N_("Use a point before the decimals, like %(example)s"),
    (_COMMA, "decimals"): N_("Use a comma before the decimals, like %(example)s"),
}
_AT_DECIMALS: Final[Mapping[tuple[str, int], str]] = {
    (_POINT, 2): N_("Use at most two digits after the point, like %(example)s"),
    (_COMMA, 2): N_("Use at most two digits after the comma, like %(example)s"),
    (_POINT, 3): N_("Use at most three digits after the point, like %(example)s"),
    (_COMMA, 3): N_("Use at most three digits after the comma, like %(example)s"),
}
_FIGURES: Final = N_("Enter an amount in figures, like %(example)s")
_FIGURES_OR_PARTS: Final = N_("Enter an amount in figures, like 10 or %(example)s")


def in_figures(example: str, decimals: int) -> AmountNotUnderstood:
    """For what is no amount at all."""
    return AmountNotUnderstood(_FIGURES_OR_PARTS if decimals else _FIGURES, example=example)


def at_the_mark(mark: str, currency: str, example: str) -> AmountNotUnderstood:
    """For a comma where the page writes a point, or the other way round."""
    parts = "cents" if currency in _CENTS else "pence" if currency in _PENCE else "decimals"
    return AmountNotUnderstood(_AT_MARK.get((mark, parts), _FIGURES), example=example)


def at_the_decimals(mark: str, decimals: int, example: str) -> AmountNotUnderstood:
    """For more decimals than the currency has."""
    if not decimals:
        return AmountNotUnderstood(N_("Enter a whole amount, like %(example)s"), example=example)
    return AmountNotUnderstood(_AT_DECIMALS.get((mark, decimals), _FIGURES), example=example)


def at_the_currency(currency: str, example: str) -> AmountNotUnderstood:
    """For the sign of another currency."""
    return AmountNotUnderstood(
        N_("Enter the amount in %(currency)s only, like %(example)s"),
        currency=currency.upper(),
        example=example,
    )


def at_the_length() -> AmountNotUnderstood:
    """For more digits than any amount has."""
    return AmountNotUnderstood(N_("Enter a smaller amount"))
