"""An email from its two templates, and the headers that every one carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from donations.paths import TEMPLATES

_templates = Environment(
    loader=FileSystemLoader(TEMPLATES / "emails"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Written:
    """The same words twice: as text, and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom, and under which stable id."""

    sender: str
    to: str
    message_id: str
    written_at: datetime


def render(name: str, subject: str, values: dict[str, Any]) -> Written:
    """Fill in `name`.txt and `name`.html."""
    text = _templates.get_template(f"{name}.txt").render(values)
    html = _templates.get_template(f"{name}.html").render(values)
    return Written(subject, text, html)


def seal(written: Written, envelope: Envelope) -> EmailMessage:
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
    return message
