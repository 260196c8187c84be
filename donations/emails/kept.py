"""What `FolderMailer` has written, read back: development has no other inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import default
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list of messages shows. `name` is the file's."""

    name: str
    to: str
    subject: str
    written_at: datetime | None


@dataclass(frozen=True, slots=True)
class Enclosure:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptMessage:
    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Enclosure, ...]


def newest_first(folder: Path) -> list[Path]:
    """The messages of the folder, which need not be there yet."""
    written = [(path.stat().st_mtime_ns, path) for path in folder.glob("*.eml")]
    return [path for _, path in sorted(written, reverse=True)]


def find_path(folder: Path, name: str) -> Path | None:
    """The message of this name, looked for in the folder's own list: a name is never made into a path."""
    return next((path for path in folder.glob("*.eml") if path.name == name), None)


def read_heading(path: Path) -> Heading:
    """Its headers only, for a message may carry a large document."""
    with path.open("rb") as file:
        headers = BytesHeaderParser(policy=default).parse(file)
    date = headers["Date"]
    return Heading(
        path.name, str(headers["To"]), str(headers["Subject"]), None if date is None else date.datetime
    )


def read_message(path: Path) -> KeptMessage:
    message = BytesParser(policy=default).parsebytes(path.read_bytes())
    assert isinstance(message, EmailMessage)
    return KeptMessage(
        headers=tuple((name, str(value)) for name, value in message.items()),
        subject=str(message["Subject"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_enclosure(part) for part in message.iter_attachments()),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _enclosure(part: EmailMessage) -> Enclosure:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return Enclosure(part.get_filename() or "attachment", part.get_content_type(), content)
