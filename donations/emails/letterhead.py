"""Who writes, to whom and in which language: what a letter needs besides its own matter."""

from __future__ import annotations

from dataclasses import dataclass

from donations.languages import Language


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Links are built from `public_base_url`, which ends without a slash."""

    language: Language
    sender: str
    support_email: str
    statement_descriptor: str
    public_base_url: str
    name: str | None = None
    """The supporter's, as given."""
    is_neutral: bool = False
    """By the supporter's choice, what shows before a letter is opened is the same for every kind."""
    short_card_url: str | None = None
    """Straight to the card page of one gift, without logging in."""
    short_confirm_url: str | None = None

    @property
    def support_url(self) -> str:
        return f"{self.public_base_url}/support"

    @property
    def verify_url(self) -> str:
        """The page that says whether a receipt is genuine. Number and code are typed there: in an
        address they would stand in histories and logs."""
        return f"{self.public_base_url}/verify"

    @property
    def manage_url(self) -> str:
        return f"{self.public_base_url}/manage"

    @property
    def cancel_url(self) -> str:
        return self._manage_then("cancel")

    @property
    def undo_url(self) -> str:
        """To take a cancellation back."""
        return self._manage_then("undo")

    @property
    def card_url(self) -> str:
        """To the page where the card is replaced."""
        return self.short_card_url or self._manage_then("card")

    @property
    def confirm_url(self) -> str:
        """To where the bank asks for the payment to be confirmed."""
        return self.short_confirm_url or self._manage_then("confirm")

    def _manage_then(self, step: str) -> str:
        return f"{self.manage_url}?then={step}"
