"""Staff look at every message before a supporter does."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from donations.emails.registry import KINDS
from donations.models import StaffRole
from tests.web.staff.conftest import Desk

LogIn = Callable[[StaffRole], Desk]


def test_every_kind_is_listed_and_every_variant_opens(editor: Desk) -> None:
    page = editor.sees("/staff/messages")

    links = [str(link["href"]) for link in page.select("#messages a")]
    assert len(links) == sum(1 + len(kind.samples) for kind in KINDS.values())
    assert {kind.name for kind in KINDS.values()} <= set(page.select_one("#messages").stripped_strings)  # type: ignore[union-attr]
    for link in links:
        editor.sees(link)


def test_a_message_is_shown_with_its_subject_its_text_and_its_html(editor: Desk) -> None:
    page = editor.sees("/staff/messages/payment_failed?variant=day-5")
    frame = page.select_one("iframe")

    assert "Your payment has not gone through yet" in page.select_one(".letter-subject").text  # type: ignore[union-attr]
    assert "Update your card: https://support.example/manage?then=card" in page.select_one("pre").text  # type: ignore[union-attr]
    assert frame is not None
    assert frame.has_attr("sandbox")
    assert not frame["sandbox"]
    assert "We have tried again" in editor.sees(str(frame["src"])).text


def test_the_language_follows_into_text_and_frame(editor: Desk) -> None:
    page = editor.sees("/staff/messages/receipt?lang=ru&variant=monthly")
    frame = page.select_one("iframe")

    assert frame is not None
    assert "22 ноября 2026 года" in page.select_one("pre").text  # type: ignore[union-attr]
    assert "22 ноября 2026 года" in editor.sees(str(frame["src"])).text
    assert [link.text for link in page.select('[aria-label="Language"] [aria-current]')] == ["Russian"]


def test_the_neutral_subject_is_shown_too(editor: Desk) -> None:
    page = editor.sees("/staff/messages/receipt?subject=neutral")

    assert "About your account" in page.select_one(".letter-subject").text  # type: ignore[union-attr]


def test_the_frame_may_show_styles_and_do_nothing_else(editor: Desk) -> None:
    within = editor.client.get("/staff/messages/receipt/letter.html").headers["Content-Security-Policy"]
    around = editor.client.get("/staff/messages/receipt").headers["Content-Security-Policy"]
    elsewhere = editor.client.get("/staff/messages").headers["Content-Security-Policy"]

    directives = within.split("; ")
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'", "sandbox"} <= set(
        directives
    )
    assert not any(directive.startswith(("script-src", "img-src", "sandbox ")) for directive in directives)
    assert around == f"{elsewhere}; frame-src 'self'"
    assert "frame-src" not in elsewhere


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", ["receipt", "yearly_statement"])
def test_sample_documents_can_be_downloaded(editor: Desk, kind: str, language: str) -> None:
    page = editor.sees(f"/staff/messages/{kind}?lang={language}")
    link = page.find("a", string="Download the sample PDF")
    assert link is not None

    response = editor.client.get(str(link["href"]))  # pyright: ignore[reportIndexIssue]

    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"].endswith('.pdf"')
    assert PdfReader(BytesIO(response.data)).trailer["/Root"]["/Lang"] == language  # type: ignore[index]


@pytest.mark.parametrize(
    "path",
    [
        "/staff/messages/nothing",
        "/staff/messages/receipt?variant=nothing",
        "/staff/messages/nothing/letter.html",
        "/staff/messages/refund/document.pdf",
    ],
)
def test_what_is_not_written_is_not_found(editor: Desk, path: str) -> None:
    assert "We could not find that" in editor.sees(path, 404).text


def test_samples_are_open_to_whoever_sees_figures(logged_in_as: LogIn) -> None:
    viewer = logged_in_as(StaffRole.VIEWER)

    assert isinstance(viewer.sees("/staff/messages/receipt"), BeautifulSoup)
