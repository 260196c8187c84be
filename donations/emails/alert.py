"""The mail to whoever runs the service: that something is wrong, or over. In plain text, and of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from donations.emails.plain import wrapped

_ONCE: Final = "You are told when it is over, and not again before."


@dataclass(frozen=True, slots=True)
class AlertMail:
    """`sentence` says what is wrong, and `name` says it in two words."""

    name: str
    sentence: str
    began_at: datetime
    ended_at: datetime | None
    """None while it goes on."""
    where: str
    """The page on which to go on."""

    def message(self, sender: str, to: str, domain: str) -> EmailMessage:
        """Under an id that is the same for the same news, so that a copy sent twice is shown once."""
        told_of = self.ended_at or self.began_at
        state = "began" if self.ended_at is None else "over"
        message = EmailMessage(policy=SMTP)
        message["From"] = sender
        message["To"] = to
        message["Subject"] = f"Donations: {'' if self.ended_at is None else 'over, '}{self.name}"
        message["Date"] = format_datetime(told_of)
        message["Message-ID"] = (
            f"<alert-{self.name.replace(' ', '-')}-{state}-{told_of:%Y%m%d%H%M%S}@{domain}>"
        )
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._text())
        return message

    def _text(self) -> str:
        since = f"Since {self.began_at:%d %b %Y, %H:%M} UTC"
        if self.ended_at is None:
            parts = (wrapped(self.sentence), f"{since}.", f"Go on here: {self.where}", _ONCE)
        else:
            over = f"{since}; over since {self.ended_at:%d %b %Y, %H:%M} UTC."
            parts = ("This is over:", wrapped(self.sentence), over)
        return "\n\n".join(parts) + "\n"
