"""An amount as a reader types it, and as we write it.

Strict on purpose: `1,000` is a thousand in English and one euro in Dutch, and a
guess would charge someone a thousandfold. What the page's locale does not write
that way is refused, with a hint at how it does. Only the digits 0 to 9 count:
Python would read Arabic-Indic and full-width ones, `1e5` and `Infinity` as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from donations.domain import amount_hints
from donations.domain.currencies import exponent_of, smallest_step_of, takes_decimals
from donations.domain.errors import AmountNotUnderstood
from donations.domain.money import Money
from donations.domain.written import SOURCE_LOCALE, locale_of, written

_LONGEST_TEXT: Final = 40
_MOST_DIGITS: Final = 12  # Stripe takes no longer amount in any currency.
_SPACES: Final = " \u00a0\u2009\u202f"  # plain, no-break, thin, narrow no-break
_APOSTROPHES: Final = "'’"


def format_money(money: Money, locale: str) -> str:
    """`€10`, `€10.41`, `¥500`; in Dutch `€ 10,41`. Whole amounts without decimals."""
    return written(money.amount, money.currency, locale)


def typed(money: Money, locale: str) -> str:
    """`10`, `10.50`, in Russian `10,50`: as a reader would type it."""
    major = money.major()
    text = f"{major:f}" if major % 1 else str(int(major))
    return text.replace(".", get_decimal_symbol(locale_of(locale)))


def parse_amount(text: str, currency: str, locale: str) -> Money:
    """The amount that `text` means in this currency and locale; zero is understood too.

    Grouping, spaces and one currency sign or code are allowed: `€1,000`, `10.50 EUR`.
    Raises AmountNotUnderstood with a hint, UnsupportedCurrency.
    """
    notation = _notation(currency, locale)
    if len(text) > _LONGEST_TEXT:
        raise notation.hint
    number = notation.without_sign(text.strip())
    match = notation.grammar.fullmatch(number)
    if match is None:
        raise notation.hint_for(number)
    whole, part = re.sub("[^0-9]", "", match["whole"]), match["part"] or ""
    if len(whole.lstrip("0")) > _MOST_DIGITS:
        raise amount_hints.at_the_length()
    if len(part) > notation.decimals:
        raise notation.hint_at_decimals
    money = Money.from_major(Decimal(f"{whole}.{part or 0}"), currency)
    if money.amount % smallest_step_of(currency):
        raise notation.hint
    return money


@dataclass(frozen=True, slots=True)
class _Notation:
    """How a locale writes amounts of one currency."""

    currency: str
    mark: str
    decimals: int
    signs: tuple[str, ...]
    grammar: re.Pattern[str]
    mirrored: re.Pattern[str]

    @property
    def example(self) -> str:
        return f"10{self.mark}{'50'.ljust(self.decimals, '0')}" if self.decimals else "500"

    @property
    def hint(self) -> AmountNotUnderstood:
        return amount_hints.in_figures(self.example, self.decimals)

    @property
    def hint_at_decimals(self) -> AmountNotUnderstood:
        return amount_hints.at_the_decimals(self.mark, self.decimals, self.example)

    def hint_for(self, number: str) -> AmountNotUnderstood:
        """Why `number`, which the grammar refused, may have been refused."""
        if any(unicodedata.category(each) == "Sc" for each in number):
            return amount_hints.at_the_currency(self.currency, self.example)
        match = self.mirrored.fullmatch(number)
        if match and match["part"] and not self.decimals:
            return self.hint_at_decimals
        # `1.000` in Russian is rather a thousand than a euro with too many cents: no hint at the mark.
        if match and 0 < len(match["part"] or "") <= self.decimals:
            return amount_hints.at_the_mark(self.mark, self.currency, self.example)
        return self.hint

    def without_sign(self, text: str) -> str:
        """The text without one sign or code of this currency, before or after."""
        folded = text.lower()
        for sign in self.signs:
            if folded.startswith(sign):
                return text[len(sign) :].strip()
            if folded.endswith(sign):
                return text[: -len(sign)].strip()
        return text


@lru_cache(maxsize=256)
def _notation(currency: str, locale: str) -> _Notation:
    decimals = exponent_of(currency) if takes_decimals(currency) else 0
    language, code = locale_of(locale), currency.upper()
    mark, group = get_decimal_symbol(language), get_group_symbol(language)
    signs = {code, get_currency_symbol(code, language), get_currency_symbol(code, SOURCE_LOCALE)}
    return _Notation(
        currency=currency,
        mark=mark,
        decimals=decimals,
        signs=tuple(sorted((sign.lower() for sign in signs), key=len, reverse=True)),
        grammar=_grammar(mark, group),
        mirrored=_grammar("." if mark == "," else ",", mark),
    )


def _grammar(mark: str, group: str) -> re.Pattern[str]:
    """Digits, perhaps in threes with one kind of separator, perhaps a mark and decimals.

    A grouped number does not begin with 0: `0.500` is half a euro to whoever wrote it, not five hundred.
    """
    separators = _SPACES + (_APOSTROPHES if group in _APOSTROPHES else group)
    grouped = f"[1-9][0-9]{{0,2}}(?P<group>[{re.escape(separators)}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*"
    return re.compile(f"(?P<whole>[0-9]+|{grouped})(?:{re.escape(mark)}(?P<part>[0-9]+))?")
