"""What can go wrong, in the reader's terms.

`str(error)` of each is a sentence that may be shown as it stands, unless its
docstring says that it is for staff. A page in another language says `sentence`
in it, with `values`. None knows HTTP: the one place that turns an error into a
status and a page is on the web floor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.domain.sentences import N_

if TYPE_CHECKING:
    from donations.domain.money import Money


class DonationError(Exception):
    """Anything we refuse on purpose: an English sentence, with named places for its values."""

    def __init__(self, sentence: str = "", **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


class AmountNotUnderstood(DonationError):
    """The text is not an amount in this locale and currency; the sentence says how to write it."""


class AmountTooSmall(DonationError):
    """Less than this offer takes."""

    def __init__(self, least: Money) -> None:
        super().__init__(N_("Enter an amount of %(least)s or more"), least=least)
        self.least = least


class AmountTooLarge(DonationError):
    """More than this offer takes without a word with us first."""

    def __init__(self, most: Money) -> None:
        super().__init__(
            N_("Enter an amount of %(most)s or less. To give more, please write to us"), most=most
        )
        self.most = most


class UnsupportedCurrency(DonationError):
    """A currency that Stripe, or this offer book, does not have."""

    def __init__(self, currency: str) -> None:
        super().__init__(N_("Choose one of the currencies offered"))
        self.currency = currency


class CurrencyMismatch(DonationError):
    """Two currencies met in one sum or comparison. For staff: it is a fault in a program, not in a form."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left.upper()} and {right.upper()} cannot be added or compared")
        self.left = left
        self.right = right


class InvalidEmail(DonationError):
    """Not an address that mail can be sent to."""

    def __init__(self) -> None:
        super().__init__(N_("Enter an email address, like name@example.com"))


class InvalidName(DonationError):
    """Longer than a name that we keep."""

    def __init__(self, most: int) -> None:
        super().__init__(N_("Enter a name of %(most)s characters or fewer"), most=most)
        self.most = most


class NotFound(DonationError):
    """There is no such thing, or it belongs to someone else; the two must look the same."""

    def __init__(self, what: str = "page") -> None:
        super().__init__(f"We could not find that {what}")
        self.what = what


class TerminalState(DonationError):
    """Something that has ended was asked to begin again. For staff."""

    def __init__(self, what: str, state: str) -> None:
        super().__init__(f"This {what} has ended ({state}) and cannot change any more")
        self.what = what
        self.state = state


class Mismatch(DonationError):
    """Stripe's object does not match our row. For staff: the object is set aside with this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Stripe's object does not match our record: {reason}")
        self.reason = reason
