"""What development's mailer has written is read back whole."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from donations.emails.envelope import Attachment, Envelope, seal
from donations.emails.kept import find_path, newest_first, read_heading, read_message
from donations.emails.mailer import FolderMailer
from donations.emails.receipt import write
from donations.languages import Language
from tests.emails.heads import letterhead
from tests.emails.test_receipt import MONTHLY

WRITTEN_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def keep(folder: Path, number: int, *attachments: Attachment, language: Language = Language.ENGLISH) -> Path:
    head = letterhead(language=language, name="Нина")
    envelope = Envelope(head.sender, "nina@example.com", f"<letter-{number}@c.example>", WRITTEN_AT)
    FolderMailer(folder).send(seal(write(MONTHLY, head), envelope, attachments))
    path = folder / f"letter-{number}@c.example.eml"
    os.utime(path, (number, number))
    return path


def test_the_newest_stands_first(tmp_path: Path) -> None:
    paths = [keep(tmp_path, number) for number in (2, 3, 1)]

    assert newest_first(tmp_path) == [paths[1], paths[0], paths[2]]


def test_a_folder_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert newest_first(tmp_path / "mail") == []


def test_a_message_is_read_back_with_all_its_parts(tmp_path: Path) -> None:
    path = keep(tmp_path, 1, Attachment("receipt-1.pdf", b"%PDF-1.7 \x00"))

    message, heading = read_message(path), read_heading(path)

    assert (heading.to, heading.subject, heading.written_at) == (
        "nina@example.com",
        "Thank you. Your receipt",
        WRITTEN_AT,
    )
    assert message.subject == heading.subject
    assert "Dear Нина," in message.text
    assert "€10.41" in message.html
    assert ("Auto-Submitted", "auto-generated") in message.headers
    (attached,) = message.attachments
    assert (attached.filename, attached.content_type, attached.content) == (
        "receipt-1.pdf",
        "application/pdf",
        b"%PDF-1.7 \x00",
    )


def test_only_a_message_of_the_folder_is_found(tmp_path: Path) -> None:
    path = keep(tmp_path / "mail", 1)
    (tmp_path / "secret.eml").write_text("Subject: secret")

    assert find_path(tmp_path / "mail", path.name) == path
    for name in ("../secret.eml", "secret.eml", "", ".", "*.eml", str(tmp_path / "secret.eml")):
        assert find_path(tmp_path / "mail", name) is None
