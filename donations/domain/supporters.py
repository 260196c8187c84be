"""Who a supporter is: one email address, in one spelling.

Addresses are compared and looked up after `normalize_email`, so it must give the
same text for what a mail server would deliver to the same person as far as that can
be known: trimmed, NFKC, lower-case. No dots or +tags are dropped: only some servers
ignore them, and two people must never become one.
"""

import re
import unicodedata
from typing import Final

from email_validator import EmailNotValidError, validate_email

from donations.domain.errors import InvalidEmail, InvalidName

LONGEST_EMAIL: Final = 254  # RFC 5321's path of 256, without its brackets.
LONGEST_NAME: Final = 100


def normalize_email(text: str) -> str:
    """The one spelling of this address. Asks no server. Raises InvalidEmail."""
    if len(text) > LONGEST_EMAIL * 2:
        raise InvalidEmail
    try:
        checked = validate_email(_folded(text), strict=True, check_deliverability=False)
    except EmailNotValidError:
        raise InvalidEmail from None
    address = _folded(checked.normalized)
    if len(address) > LONGEST_EMAIL:
        raise InvalidEmail
    return address


def normalize_name(text: str) -> str | None:
    """The name with single spaces and nothing invisible in it; None when nothing is left.

    Raises InvalidName above 100 characters.
    """
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(" " if each.isspace() else each for each in composed if not _is_control(each))
    name = re.sub(" +", " ", visible).strip()
    if len(name) > LONGEST_NAME:
        raise InvalidName(LONGEST_NAME)
    return name or None


def mask_email(address: str) -> str:
    """`n***@example.com`: for staff, who may tell two supporters apart by it but not write to them."""
    first, domain = address[:1], address.rpartition("@")[2]
    return f"{first}***@{domain}"


def mask_email_short(address: str) -> str:
    """`n***@…`: for a page that others may see over a shoulder."""
    return f"{address[:1]}***@…"


def _folded(text: str) -> str:
    # Lower-casing can undo NFKC (İ becomes i and a combining dot), hence the second time.
    once = unicodedata.normalize("NFKC", text).strip().lower()
    return unicodedata.normalize("NFKC", once)


def _is_control(character: str) -> bool:
    # Cc with Cf would drop the joiners that names in some scripts are spelt with;
    # of the format characters only those that turn the writing direction can deceive.
    turns = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return character in turns or (unicodedata.category(character) == "Cc" and not character.isspace())
