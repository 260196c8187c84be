"""The receipt says what a giver needs, in text and HTML alike, and loads nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.emails.receipt import Receipt, write
from donations.emails.rendering import Envelope, seal

MONTHLY = Receipt(
    amount=Money(1041, "eur"),
    frequency=Frequency.MONTHLY,
    charged_on=date(2026, 11, 22),
    reference="Zm9vYmFyYmF6cXV4MTIzNA",
    next_charge_on=date(2026, 12, 22),
    name="Nina <b>",
    statement_descriptor="MOSCOW TIMES",
    support_email="support@example.com",
)
ONCE = Receipt(
    Money(5000, "usd"), Frequency.ONCE, date(2026, 11, 2), "ref", None, None, "MOSCOW TIMES", "s@example.com"
)


@pytest.mark.parametrize(
    "fact",
    [
        "€10.41",
        "Every month",
        "22 November 2026",
        "22 December 2026",
        "Zm9vYmFyYmF6cXV4MTIzNA",
        "MOSCOW TIMES",
        "support@example.com",
        "cancel",
    ],
)
def test_both_parts_say_every_fact_of_a_recurring_gift(fact: str) -> None:
    written = write(MONTHLY)

    assert fact in written.text
    assert fact in written.html


def test_a_gift_given_once_has_no_next_charge_and_nothing_to_cancel() -> None:
    written = write(ONCE)

    assert "$50" in written.text
    for part in (written.text, written.html):
        assert "Next charge" not in part
        assert "cancel" not in part


def test_a_name_is_text_and_never_markup() -> None:
    written = write(MONTHLY)

    assert "Nina &lt;b&gt;" in written.html
    assert "Dear Nina <b>," in written.text
    assert "Dear reader," in write(ONCE).text


def test_nothing_is_loaded_when_it_is_opened() -> None:
    html = write(MONTHLY).html

    assert not any(loading in html for loading in ("http:", "https:", "src=", "url(", "<script", "<img"))


def test_the_subject_says_nothing_that_a_locked_screen_should_not_show() -> None:
    subject = write(MONTHLY).subject

    assert not any(word in subject for word in ("Moscow", "€", "donat", "month"))


def test_the_message_has_both_parts_and_its_stable_id() -> None:
    envelope = Envelope(
        "The Moscow Times <support@example.com>",
        "nina@example.com",
        "<a@b.example>",
        datetime(2026, 11, 22, tzinfo=UTC),
    )

    message = message_from_bytes(seal(write(MONTHLY), envelope).as_bytes(), policy=default)

    assert (message["To"], message["Message-ID"]) == ("nina@example.com", "<a@b.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text = message.get_body(("plain",))
    assert text is not None
    assert "€10.41" in text.get_content()
    assert all(len(line) < 999 for line in seal(write(MONTHLY), envelope).as_bytes().split(b"\r\n"))
