"""Whoever asks for a link learns nothing about an address, and can fill nobody's mailbox."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from donations.domain.manage_pages import ManagePage
from donations.jobs.link_requests import match_requests
from donations.languages import Language
from donations.models import LinkRequest, LookupKey, OutboxMessage, Supporter
from donations.models.database import writing
from donations.runtime import current
from tests.web.readers.manage.conftest import NINA, Clock, Owner, rows

STRANGER = "nobody@example.org"


@contextmanager
def statements() -> Generator[list[str]]:
    """Every statement that is sent to the database meanwhile."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_a_known_address_gets_one_letter_and_an_unknown_one_is_forgotten(
    owner: Owner, nina: Supporter
) -> None:
    owner.asks(NINA)
    owner.asks(STRANGER)

    assert match_requests(current()) == 2

    (letter,) = rows(OutboxMessage)
    (request,) = rows(LinkRequest)
    assert (letter.kind, letter.supporter_id) == ("manage_link", nina.id)
    assert letter.cause == request.reference
    assert match_requests(current()) == 0


def test_the_reply_is_the_same_word_for_word_whether_an_address_is_known(
    owner: Owner, nina: Supporter
) -> None:
    known, unknown = owner.asks(NINA), owner.asks(STRANGER)

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(NINA, "") == unknown.text.replace(STRANGER, "")
    assert set(known.headers.keys()) == set(unknown.headers.keys())


def test_the_database_is_asked_the_same_whether_an_address_is_known(owner: Owner, nina: Supporter) -> None:
    asked: dict[str, list[str]] = {}
    for email in (NINA, STRANGER):
        owner.opens("/manage")
        with statements() as seen:
            owner.sends("/manage", {"email": email})
        asked[email] = seen

    assert len(asked[NINA]) > 3
    assert asked[NINA] == asked[STRANGER]
    assert not [each for each in asked[NINA] if "FROM supporter" in each]


def test_the_first_reader_of_all_is_answered_too(owner: Owner) -> None:
    assert rows(LookupKey) == []

    assert owner.asks(STRANGER).status_code == 200


def test_an_address_is_found_in_any_of_its_spellings(owner: Owner, nina: Supporter) -> None:
    owner.asks("  NINA@Example.COM ")

    match_requests(current())

    assert len(rows(OutboxMessage)) == 1


def test_what_is_no_address_is_mended(owner: Owner) -> None:
    owner.asks("nina@")

    assert owner.status == 422
    assert "Enter an email address, like name@example.com" in owner.words
    assert owner.page.find(id="email")["value"] == "nina@"
    assert rows(LinkRequest) == []


def test_one_address_is_not_written_to_without_end_and_nobody_is_told(
    owner: Owner, nina: Supporter, clock: Clock
) -> None:
    answers = [owner.asks(NINA).text for _ in range(7)]
    match_requests(current())

    assert len(set(answers)) == 1
    assert len(rows(OutboxMessage)) == 5
    clock.forward(timedelta(hours=1, seconds=1))
    owner.asks(NINA)
    match_requests(current())
    assert len(rows(OutboxMessage)) == 6


def test_one_network_cannot_ask_for_many_addresses(owner: Owner) -> None:
    statuses = [owner.asks(f"reader{n}@example.com").status_code for n in range(21)]

    assert statuses == [200] * 20 + [429]
    assert "Please wait 15 minutes, then try again." in owner.words
    assert owner.answer is not None
    assert owner.answer.headers["Retry-After"] == "900"
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert owner.asks("reader30@example.com", environ_overrides=elsewhere).status_code == 200


@pytest.mark.parametrize("nonce", ["", "made up"])
def test_a_form_that_is_not_ours_is_not_taken(owner: Owner, nonce: str) -> None:
    owner.opens("/manage")

    owner.sends("/manage", {"email": NINA, "nonce": nonce})

    assert owner.status == 422
    assert rows(LinkRequest) == []


def test_a_page_of_another_site_cannot_ask(owner: Owner) -> None:
    owner.asks(NINA, headers={"Sec-Fetch-Site": "cross-site"})

    assert owner.status == 403
    assert rows(LinkRequest) == []


@pytest.mark.parametrize(
    ("then", "wanted"), [("cancel", ManagePage.CANCEL), ("//evil.example", None), ("", None)]
)
def test_where_to_go_on_to_is_kept_if_it_is_a_page_of_ours(
    owner: Owner, then: str, wanted: ManagePage | None
) -> None:
    owner.asks(NINA, then=then)

    assert rows(LinkRequest)[0].wanted is wanted


def test_the_letter_will_be_in_the_language_of_the_page(owner: Owner) -> None:
    owner.asks(NINA)

    assert rows(LinkRequest)[0].language is Language.ENGLISH


def test_nothing_personal_is_stored_or_logged(
    app: Flask,
    owner: Owner,
    nina: Supporter,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        owner.asks(NINA)
        match_requests(current())
        token = owner.token()
        owner.enters(token)
        owner.opens("/manage")

    logged = caplog.text + "".join(capfd.readouterr())
    assert "request" in logged
    for secret in (NINA, "nina", token, "127.0.0.1"):
        assert secret not in logged
    with writing() as session:
        for model in (LinkRequest, OutboxMessage):
            for row in session.query(model):
                assert "nina" not in str(vars(row)).lower()


@pytest.mark.parametrize("path", ["/manage", "/manage?then=cancel", "/manage/open/unknown"])
def test_no_page_is_kept_by_a_browser(owner: Owner, path: str) -> None:
    owner.opens(path)

    assert owner.answer is not None
    assert owner.answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in owner.answer.headers
