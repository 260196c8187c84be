"""Codes by which whoever holds a document can have it checked.

A code is the keyed hash of what the document states, cut to 80 bits: guessing one is hopeless, and it
tells nothing of the document. It is written in Crockford's base 32, which leaves out I, L, O and U,
so that it survives being read aloud or copied by hand.
"""

import hashlib
import hmac
from datetime import date
from typing import Final

from donations.domain.money import Money

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS: Final = 80
_GROUP: Final = 4
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", "–": "", "—": "", "\u2011": ""})


def code_for(key: bytes, number: str, money: Money, day: date) -> str:
    """The code of the document `number` that states this sum and day: `7Q2M-KX4D-90BT-HZ3E`."""
    stated = (number, str(money.amount), money.currency, day.isoformat())
    # Each part with its length: otherwise two documents whose parts divide differently would share a code.
    message = "".join(f"{len(part)}:{part}" for part in stated).encode()
    digest = hmac.digest(key, message, hashlib.sha256)
    return _grouped(int.from_bytes(digest[: _BITS // 8], "big"))


def is_genuine(code: str, *, key: bytes, number: str, money: Money, day: date) -> bool:
    """Whether `code`, as somebody typed it, belongs to that document. Takes the same time for any code
    of the same length."""
    expected = code_for(key, number, money, day).replace("-", "")
    return hmac.compare_digest(_as_meant(code).encode(), expected.encode())


def _grouped(value: int) -> str:
    digits = [_ALPHABET[value >> shift & 31] for shift in range(_BITS - 5, -5, -5)]
    groups = ("".join(digits[start : start + _GROUP]) for start in range(0, len(digits), _GROUP))
    return "-".join(groups)


def _as_meant(code: str) -> str:
    """Case, spaces, hyphens and the letters that are taken for figures make no difference."""
    return "".join(code.upper().translate(_MISREAD).split())
