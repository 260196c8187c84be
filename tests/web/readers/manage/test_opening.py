"""A link opens once, for half an hour, and only when its button is pressed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from sqlalchemy import func, select

from donations import runtime
from donations.models import MagicLink, ReaderSession, Supporter
from donations.models.database import reading
from donations.services import magic_links
from tests.web.readers.manage.conftest import NINA, Clock, Owner, rows

GONE = "This link has been used or has expired"


def asked(owner: Owner, then: str | None = None) -> str:
    owner.asks(NINA, then=then)
    return owner.token()


def test_a_link_lets_its_reader_in(owner: Owner, nina: Supporter) -> None:
    owner.enters(asked(owner))

    assert (owner.status, owner.goes_to) == (303, "/manage")
    owner.opens("/manage")
    assert owner.page.h1.get_text() == "Your gifts"


def test_a_mail_scanner_that_looks_at_a_link_uses_nothing_up(
    owner: Owner, nina: Supporter, app: Flask
) -> None:
    token = asked(owner)
    scanner = app.test_client()

    for method in ("get", "head", "get"):
        assert getattr(scanner, method)(f"/manage/open/{token}").status_code == 200

    assert owner.enters(token).status_code == 303
    assert scanner.get("/manage").text.count("Your gifts") == 0


def test_a_link_opens_once(owner: Owner, nina: Supporter, app: Flask) -> None:
    token = asked(owner)
    owner.enters(token)
    other = Owner(app, app.test_client())

    other.opens(f"/manage/open/{token}")

    assert other.status == 410
    assert GONE in other.words
    assert len(rows(ReaderSession)) == 1


def test_of_two_who_press_the_button_one_is_let_in(owner: Owner, nina: Supporter, app: Flask) -> None:
    token = asked(owner)
    others = [Owner(app, app.test_client()) for _ in range(2)]
    for each in others:
        each.opens(f"/manage/open/{token}")

    statuses = [each.sends(f"/manage/open/{token}").status_code for each in others]

    assert statuses == [303, 410]


def test_a_second_click_of_the_same_browser_goes_on(owner: Owner, nina: Supporter) -> None:
    token = asked(owner)
    owner.enters(token)

    owner.opens(f"/manage/open/{token}")

    assert (owner.status, owner.goes_to) == (303, "/manage")


def test_a_link_is_over_after_half_an_hour(owner: Owner, nina: Supporter, clock: Clock) -> None:
    token = asked(owner)
    owner.opens(f"/manage/open/{token}")
    clock.forward(timedelta(minutes=30))

    owner.sends(f"/manage/open/{token}")

    assert owner.status == 410
    assert rows(ReaderSession) == []


def test_unknown_used_and_expired_links_look_the_same(
    owner: Owner, nina: Supporter, clock: Clock, app: Flask
) -> None:
    used, expired = asked(owner), asked(owner)
    owner.enters(used)
    clock.forward(timedelta(minutes=31))
    other = app.test_client()

    answers = [other.get(f"/manage/open/{token}") for token in ("unknown", "x" * 43, used, expired, "%00")]

    assert {answer.status_code for answer in answers} == {410}
    without_nonce = {Owner(app, other, answer).words for answer in answers}
    assert len(without_nonce) == 1


def test_a_new_link_can_be_asked_for_where_the_old_one_ended(owner: Owner, nina: Supporter) -> None:
    owner.opens("/manage/open/unknown")

    owner.sends("/manage", {"email": NINA})

    assert owner.status == 200
    assert "Check your email" in owner.words


def test_a_letter_composed_twice_lets_its_reader_in_once(owner: Owner, nina: Supporter, app: Flask) -> None:
    first = asked(owner)
    second = owner.token()
    other = Owner(app, app.test_client())

    owner.enters(second)
    other.opens(f"/manage/open/{first}")

    assert first != second
    assert (owner.status, other.status) == (303, 410)


def test_the_database_holds_nothing_that_opens(owner: Owner, nina: Supporter) -> None:
    token = asked(owner)
    owner.enters(token)

    cookie = owner.client.get_cookie("manage")
    assert cookie is not None
    for row in (*rows(MagicLink), *rows(ReaderSession)):
        assert len(row.token_hash) == 32
        assert token not in str(vars(row))
        assert cookie.value not in str(vars(row))


def test_guessing_is_throttled_by_network(owner: Owner, nina: Supporter, app: Flask) -> None:
    token = asked(owner)
    guesser = app.test_client()
    statuses = [guesser.get(f"/manage/open/guess{n}").status_code for n in range(21)]

    assert statuses == [410] * 20 + [429]
    owner.opens(f"/manage/open/{token}")
    owner.sends(f"/manage/open/{token}")
    assert owner.status == 429
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    owner.opens(f"/manage/open/{token}", environ_overrides=elsewhere)
    assert owner.sends(f"/manage/open/{token}", environ_overrides=elsewhere).status_code == 303


def test_links_that_open_are_not_counted_as_guesses(owner: Owner, nina: Supporter) -> None:
    token = asked(owner)

    for _ in range(25):
        owner.opens(f"/manage/open/{token}")

    assert owner.sends(f"/manage/open/{token}").status_code == 303


def test_the_button_of_another_site_opens_nothing(owner: Owner, nina: Supporter) -> None:
    token = asked(owner)
    owner.opens(f"/manage/open/{token}")

    owner.sends(f"/manage/open/{token}", headers={"Sec-Fetch-Site": "cross-site"})

    assert owner.status == 403
    with reading() as session:
        assert magic_links.is_open(session, token, runtime.current().now())


def test_a_page_that_lay_open_too_long_is_shown_again(owner: Owner, nina: Supporter) -> None:
    token = asked(owner)
    owner.opens(f"/manage/open/{token}")

    owner.sends(f"/manage/open/{token}", {"nonce": "old"})

    assert (owner.status, owner.goes_to) == (303, f"/manage/open/{token}")
    assert owner.enters(token).status_code == 303


def test_a_session_is_new_at_each_login_and_the_old_one_ends(
    owner: Owner, nina: Supporter, app: Flask
) -> None:
    owner.logs_in()
    old = owner.client.get_cookie("manage")
    assert old is not None

    owner.enters(asked_while_logged_in(owner))

    new = owner.client.get_cookie("manage")
    assert new is not None
    assert new.value != old.value
    other = app.test_client()
    other.set_cookie("manage", old.value)
    assert "Your gifts" not in other.get("/manage").text


def asked_while_logged_in(owner: Owner) -> str:
    """Asked in another browser, whose letter is opened in this one."""
    elsewhere = Owner(owner.app, owner.app.test_client())
    return asked(elsewhere)


@pytest.mark.parametrize(
    ("base", "name", "is_secure"), [("http", "manage", False), ("https", "__Host-manage", True)]
)
def test_the_cookie_is_for_our_pages_alone(
    owner: Owner, nina: Supporter, base: str, name: str, is_secure: bool
) -> None:
    running = runtime.current()
    config = replace(running.config, public_base_url=f"{base}://127.0.0.1:8000")
    runtime.install(owner.app, replace(running, config=config))
    owner.enters(asked(owner))

    assert owner.answer is not None
    (header,) = owner.answer.headers.getlist("Set-Cookie")
    cookie = SimpleCookie(header)[name]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert bool(cookie["secure"]) is is_secure


def test_two_letters_of_one_reader_are_two_links(owner: Owner, nina: Supporter) -> None:
    asked(owner)
    asked(owner)

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(MagicLink)) == 2
