"""The whole message: two parts, attachments, and headers that stay the same when it is sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from donations.emails.envelope import Attachment, Envelope, seal
from donations.emails.receipt import write
from donations.emails.rendering import Written
from tests.emails.heads import letterhead
from tests.emails.test_receipt import MONTHLY

ENVELOPE = Envelope(
    "The Moscow Times <support@example.com>",
    "nina@example.com",
    "<a@b.example>",
    datetime(2026, 11, 22, tzinfo=UTC),
)


def sent(*attachments: Attachment) -> EmailMessage:
    return message_from_bytes(
        seal(write(MONTHLY, letterhead()), ENVELOPE, attachments).as_bytes(), policy=default
    )


def test_the_message_has_both_parts_and_its_stable_id() -> None:
    message = sent()

    assert (message["To"], message["Message-ID"]) == ("nina@example.com", "<a@b.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Sun, 22 Nov 2026 00:00:00 +0000"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text = message.get_body(("plain",))
    assert text is not None
    assert "€10.41" in text.get_content()


def test_no_line_is_longer_than_mail_allows() -> None:
    sealed = seal(write(MONTHLY, letterhead()), ENVELOPE)

    assert all(len(line) < 999 for line in sealed.as_bytes().split(b"\r\n"))


def test_a_pdf_goes_with_the_letter_byte_for_byte() -> None:
    message = sent(Attachment("receipt-2026-000123.pdf", b"%PDF-1.7 \x00\xff"))

    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "receipt-2026-000123.pdf"
    assert attached.get_content() == b"%PDF-1.7 \x00\xff"
    assert message.get_body(("html",)) is not None


def test_a_line_break_in_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        seal(Written("Thank you\nBcc: all@example.com", "", ""), ENVELOPE)
