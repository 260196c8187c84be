"""How many decimals Stripe means by an amount.

This is Stripe's own table (docs.stripe.com/currencies), which is neither ISO 4217's
nor CLDR's: Stripe writes ISK and UGX with two decimals that must be 00, takes
three-decimal amounts only in tens, and keeps two decimals for HUF and TWD, which
CLDR calls whole. Asking Babel instead would charge a hundredth or a hundredfold.
"""

from typing import Final

from donations.domain.errors import UnsupportedCurrency


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ZERO_DECIMAL: Final = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
_THREE_DECIMAL: Final = _codes("bhd jod kwd omr tnd")

# Two decimals in every amount, for old integrations' sake, but the decimals are always 00.
_WHOLE_THOUGH_TWO_DECIMAL: Final = _codes("isk ugx")

# HUF and TWD stand here: only their *payouts* must be whole, a charge may have decimals.
_TWO_DECIMAL: Final = _codes(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf
    chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf
    idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn
    myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp
    sle sll sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd xcg yer zar zmw
    """
)

_EXPONENTS: Final = (
    dict.fromkeys(_ZERO_DECIMAL, 0)
    | dict.fromkeys(_TWO_DECIMAL | _WHOLE_THOUGH_TWO_DECIMAL, 2)
    | dict.fromkeys(_THREE_DECIMAL, 3)
)
_STEPS: Final = dict.fromkeys(_WHOLE_THOUGH_TWO_DECIMAL, 100) | dict.fromkeys(_THREE_DECIMAL, 10)


def is_known(currency: str) -> bool:
    """Whether Stripe charges in this currency. Codes are lower-case, as Stripe writes them."""
    return currency in _EXPONENTS


def all_currencies() -> tuple[str, ...]:
    """Every one that Stripe charges in, in the order of their codes."""
    return tuple(sorted(_EXPONENTS))


def exponent_of(currency: str) -> int:
    """How many of an amount's last digits are decimals: 2 for EUR, 0 for JPY.

    Raises UnsupportedCurrency.
    """
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise UnsupportedCurrency(currency) from None


def smallest_step_of(currency: str) -> int:
    """The least difference between two chargeable amounts, in minor units: 1 for EUR, 100 for ISK.

    Raises UnsupportedCurrency.
    """
    exponent_of(currency)
    return _STEPS.get(currency, 1)


def takes_decimals(currency: str) -> bool:
    """Whether an amount of this currency may have a part after the point at all."""
    return smallest_step_of(currency) < 10 ** exponent_of(currency)
