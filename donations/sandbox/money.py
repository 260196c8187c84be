"""Currencies as Stripe counts them: minor units, least amounts, and what converts to what."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])

CURRENCIES = frozenset(
    [
        "aed",
        "afn",
        "all",
        "amd",
        "ang",
        "aoa",
        "ars",
        "aud",
        "awg",
        "azn",
        "bam",
        "bbd",
        "bdt",
        "bgn",
        "bhd",
        "bif",
        "bmd",
        "bnd",
        "bob",
        "brl",
        "bsd",
        "bwp",
        "byn",
        "bzd",
        "cad",
        "cdf",
        "chf",
        "clp",
        "cny",
        "cop",
        "crc",
        "cve",
        "czk",
        "djf",
        "dkk",
        "dop",
        "dzd",
        "egp",
        "etb",
        "eur",
        "fjd",
        "fkp",
        "gbp",
        "gel",
        "gip",
        "gmd",
        "gnf",
        "gtq",
        "gyd",
        "hkd",
        "hnl",
        "htg",
        "huf",
        "idr",
        "ils",
        "inr",
        "isk",
        "jmd",
        "jod",
        "jpy",
        "kes",
        "kgs",
        "khr",
        "kmf",
        "krw",
        "kwd",
        "kyd",
        "kzt",
        "lak",
        "lbp",
        "lkr",
        "lrd",
        "lsl",
        "mad",
        "mdl",
        "mga",
        "mkd",
        "mmk",
        "mnt",
        "mop",
        "mur",
        "mvr",
        "mwk",
        "mxn",
        "myr",
        "mzn",
        "nad",
        "ngn",
        "nio",
        "nok",
        "npr",
        "nzd",
        "omr",
        "pab",
        "pen",
        "pgk",
        "php",
        "pkr",
        "pln",
        "pyg",
        "qar",
        "ron",
        "rsd",
        "rub",
        "rwf",
        "sar",
        "sbd",
        "scr",
        "sek",
        "sgd",
        "shp",
        "sle",
        "sos",
        "srd",
        "std",
        "szl",
        "thb",
        "tjs",
        "tnd",
        "top",
        "try",
        "ttd",
        "twd",
        "tzs",
        "uah",
        "ugx",
        "usd",
        "uyu",
        "uzs",
        "vnd",
        "vuv",
        "wst",
        "xaf",
        "xcd",
        "xcg",
        "xof",
        "xpf",
        "yer",
        "zar",
        "zmw",
    ]
)

SETTLEMENT_CURRENCY = "eur"

_SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}

_LEAST = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip

_EUROS = {
    "usd": "0.92", "gbp": "1.17", "chf": "1.05", "cad": "0.67", "aud": "0.60", "nzd": "0.56", "sek": "0.088",
    "nok": "0.086", "dkk": "0.134", "pln": "0.233", "czk": "0.0397", "huf": "0.00255", "ron": "0.201",
    "bgn": "0.511", "jpy": "0.0062", "krw": "0.00067", "ils": "0.25", "gel": "0.34", "amd": "0.0024",
    "kzt": "0.0019", "try": "0.027", "uah": "0.022", "inr": "0.0109", "kwd": "3.0", "isk": "0.0066",
}  # fmt: skip
"""What one unit is worth in euros. Fixed, so that a run can be repeated."""


def exponent(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def least_charge(currency: str) -> int:
    return _LEAST.get(currency, 50)


def exchange_rate(currency: str) -> Decimal:
    return Decimal(_EUROS.get(currency, "1"))


def settled(amount: int, currency: str) -> int:
    """`amount` in minor units of the settlement currency."""
    units = Decimal(amount).scaleb(-exponent(currency))
    return round_half_up((units * exchange_rate(currency)).scaleb(exponent(SETTLEMENT_CURRENCY)))


def fee_for(settled_amount: int) -> int:
    """Stripe's fee for a card of the European Economic Area: 1.5 % and 25 cents."""
    return round_half_up(Decimal(settled_amount) * Decimal("0.015")) + 25


def round_half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def display(amount: int, currency: str) -> str:
    """As a person reads it: `€10.00`, `¥1,000`, `PLN 20.00`."""
    digits = exponent(currency)
    value = f"{Decimal(amount).scaleb(-digits):,.{digits}f}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{value}" if symbol else f"{currency.upper()} {value}"
