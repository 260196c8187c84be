"""Development's inbox: what would have been sent, and nothing where mail is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import Environment
from donations import runtime
from donations.emails.envelope import Attachment
from tests.emails.test_kept import keep
from tests.web.staff.conftest import Desk


@pytest.fixture
def folder(app: Flask) -> Path:
    return Path(runtime.current().config.mail_url.removeprefix("file://"))


def configure(app: Flask, **changes: Any) -> None:
    now = runtime.current()
    runtime.install(app, replace(now, config=replace(now.config, **changes)))


def test_nothing_yet_is_said_in_words(editor: Desk, folder: Path) -> None:
    assert "No message has been written yet." in editor.sees("/staff/inbox").text


def test_the_newest_message_stands_first_and_opens(editor: Desk, folder: Path) -> None:
    for number in (1, 2):
        keep(folder, number)

    rows = editor.sees("/staff/inbox").select("#inbox tbody tr")
    link = rows[0].select_one("a")

    assert [cell.text for cell in rows[0].select("th, td")] == [
        "Thank you. Your receipt",
        "nina@example.com",
        "22 Nov 2026, 13:00",
    ]
    assert link is not None
    assert link["href"] == "/staff/inbox/letter-2@c.example.eml"


def test_a_message_is_shown_with_headers_parts_and_attachments(editor: Desk, folder: Path) -> None:
    keep(folder, 1, Attachment("receipt-1.pdf", b"%PDF-1.7"))

    page = editor.sees("/staff/inbox/letter-1@c.example.eml")
    frame = page.select_one("iframe")
    attached = page.find("a", string="receipt-1.pdf")

    assert "<letter-1@c.example>" in page.select_one(".facts").text  # type: ignore[union-attr]
    assert "Dear Нина," in page.select_one("pre").text  # type: ignore[union-attr]
    assert page.select_one('pre a[href="https://support.example/manage"]') is not None
    assert frame is not None
    assert "€10.41" in editor.sees(str(frame["src"])).text
    assert attached is not None
    response = editor.client.get(str(attached["href"]))  # pyright: ignore[reportIndexIssue]
    assert (response.data, response.mimetype) == (b"%PDF-1.7", "application/pdf")
    assert response.headers["Content-Disposition"] == "attachment; filename=receipt-1.pdf"


def test_the_frame_may_do_nothing(editor: Desk, folder: Path) -> None:
    keep(folder, 1)

    headers = editor.client.get("/staff/inbox/letter-1@c.example.eml/letter.html").headers

    assert headers["Content-Security-Policy"].endswith("; sandbox")
    assert headers["Cache-Control"] == "no-store"


def test_many_messages_come_in_pages(editor: Desk, folder: Path) -> None:
    for number in range(51):
        keep(folder, number)

    second = editor.sees("/staff/inbox?page=2")

    assert len(editor.sees("/staff/inbox").select("#inbox tbody tr")) == 50
    assert len(second.select("#inbox tbody tr")) == 1
    assert "Page 2 of 2" in second.text


@pytest.mark.parametrize(
    "path",
    [
        "nothing.eml",
        "..%2Fsecret.eml",
        "nothing.eml/letter.html",
        "letter-1@c.example.eml/attachments/0",
        "letter-1@c.example.eml/attachments/1",
    ],
)
def test_what_is_not_there_is_not_found(editor: Desk, folder: Path, path: str) -> None:
    keep(folder, 1)
    (folder.parent / "secret.eml").write_text("Subject: secret")

    editor.sees(f"/staff/inbox/{path}", 404)


@pytest.mark.parametrize(
    "changes", [{"environment": Environment.PRODUCTION}, {"mail_url": "smtp://mail.example"}], ids=str
)
def test_where_mail_is_sent_there_is_no_inbox(
    app: Flask, editor: Desk, folder: Path, changes: dict[str, Any]
) -> None:
    keep(folder, 1)
    assert "Inbox" in [link.text for link in editor.sees("/staff").select(".staff-nav a")]

    configure(app, **changes)

    assert "Inbox" not in [link.text for link in editor.sees("/staff").select(".staff-nav a")]
    for path in ("", "/letter-1@c.example.eml", "/letter-1@c.example.eml/letter.html"):
        editor.sees(f"/staff/inbox{path}", 404)
