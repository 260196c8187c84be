"""The whole message: a letter's two parts, what is attached, and the headers that every one carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from donations.emails.rendering import Written


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom, and under which stable id."""

    sender: str
    to: str
    message_id: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a letter."""

    filename: str
    content: bytes


def seal(written: Written, envelope: Envelope, attachments: Sequence[Attachment] = ()) -> EmailMessage:
    """The whole message, both parts in it. Raises ValueError for a header that holds a line break."""
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = envelope.to
    message["Subject"] = written.subject
    message["Date"] = format_datetime(envelope.written_at)
    message["Message-ID"] = envelope.message_id
    # RFC 3834: no holiday notices in answer.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    for each in attachments:
        message.add_attachment(each.content, maintype="application", subtype="pdf", filename=each.filename)
    return message
