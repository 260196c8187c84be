"""How an amount is written for a reader.

Apart from money.py's arithmetic, and taking plain values, so that `Money` can
write itself in error sentences without a cycle between the two.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import format_currency

from donations.domain.currencies import exponent_of

SOURCE_LOCALE: Final = "en"

# CLDR asks for a space where a code, unlike a sign, stands beside a figure; Babel leaves it out.
_BETWEEN_CODE_AND_FIGURE: Final = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_NO_BREAK_SPACE: Final = "\u00a0"


@lru_cache(maxsize=64)
def locale_of(identifier: str) -> Locale:
    """The locale of `en`, `ru`, `nl_NL` or `nl-NL`; Babel's errors pass, for a page's locale is ours."""
    return Locale.parse(identifier.replace("-", "_"))


def in_major_units(amount: int, currency: str) -> Decimal:
    """1041 euro cents are 10.41, 500 yen are 500. Exact at any size."""
    digits = Decimal(amount).as_tuple()
    return Decimal((digits.sign, digits.digits, -exponent_of(currency)))


def written(amount: int, currency: str, locale: str = SOURCE_LOCALE) -> str:
    """`€10`, `€10.41`, `10,41 €`: whole amounts without decimals, others with all of theirs.

    The decimals are Stripe's, not CLDR's, which writes HUF without any.
    """
    language = locale_of(locale)
    exponent = exponent_of(currency)
    decimals = 0 if amount % 10**exponent == 0 else exponent
    pattern = language.currency_formats["standard"].pattern
    text = format_currency(
        in_major_units(amount, currency),
        currency.upper(),
        format=pattern.replace("0.00", f"0.{'0' * decimals}" if decimals else "0"),
        locale=language,
        currency_digits=False,
    )
    return _BETWEEN_CODE_AND_FIGURE.sub(_NO_BREAK_SPACE, text)
