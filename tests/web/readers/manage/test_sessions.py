"""A login lasts while it is used, half a day at most, and ends where its reader says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from donations.jobs.link_requests import purge
from donations.models import LinkRequest, MagicLink, ReaderSession, Supporter
from donations.runtime import current
from tests.web.readers.manage.conftest import Clock, Owner, rows


def is_in(owner: Owner) -> bool:
    owner.opens("/manage")
    return "Your gifts" in owner.words


def test_a_session_that_is_used_goes_on(owner: Owner, nina: Supporter, clock: Clock) -> None:
    owner.logs_in()

    for _ in range(6):
        clock.forward(timedelta(minutes=50))
        assert is_in(owner)


def test_a_session_that_nobody_uses_ends_after_an_hour(owner: Owner, nina: Supporter, clock: Clock) -> None:
    owner.logs_in()

    clock.forward(timedelta(minutes=60))

    assert not is_in(owner)


def test_a_session_ends_after_half_a_day_however_much_it_is_used(
    owner: Owner, nina: Supporter, clock: Clock
) -> None:
    owner.logs_in()

    stays = []
    for _ in range(15):
        clock.forward(timedelta(minutes=50))
        stays.append(is_in(owner))

    assert stays == [True] * 14 + [False]


def test_logging_out_ends_this_session_alone(owner: Owner, nina: Supporter, app: Flask) -> None:
    other = Owner(app, app.test_client())
    other.logs_in()
    owner.logs_in()
    owner.opens("/manage")

    owner.sends("/manage/log-out")

    assert (owner.status, owner.goes_to) == (303, "/manage")
    assert not is_in(owner)
    assert is_in(other)


def test_logging_out_everywhere_ends_them_all(owner: Owner, nina: Supporter, app: Flask) -> None:
    other = Owner(app, app.test_client())
    other.logs_in()
    owner.logs_in()
    owner.opens("/manage")
    nonce = str(owner.page.find("input", {"name": "nonce"})["value"])

    owner.client.post("/manage/log-out-everywhere", data={"nonce": nonce})

    assert not is_in(owner)
    assert not is_in(other)


def test_a_form_of_one_session_is_refused_in_another(owner: Owner, nina: Supporter, app: Flask) -> None:
    other = Owner(app, app.test_client())
    other.logs_in()
    other.opens("/manage")
    owner.logs_in()
    owner.opens("/manage")

    owner.answer = other.answer
    owner.sends("/manage/log-out")

    assert owner.status == 400
    assert is_in(owner)


@pytest.mark.parametrize(
    "how", [{"headers": {"Sec-Fetch-Site": "cross-site"}}, {"headers": {"Origin": "https://evil.example"}}]
)
def test_another_site_cannot_log_a_reader_out(
    owner: Owner, nina: Supporter, how: dict[str, dict[str, str]]
) -> None:
    owner.logs_in()
    owner.opens("/manage")

    owner.sends("/manage/log-out", **how)

    assert owner.status == 403
    assert is_in(owner)


@pytest.mark.parametrize("path", ["/manage/log-out", "/manage/log-out-everywhere"])
def test_without_a_login_everything_leads_to_the_way_in(owner: Owner, path: str) -> None:
    answer = owner.client.post(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/manage")


@pytest.mark.parametrize("token", ["unknown", "", "x" * 4000, "\x00"])
def test_a_cookie_that_we_never_gave_opens_nothing(owner: Owner, token: str) -> None:
    owner.client.set_cookie("manage", token)

    assert not is_in(owner)
    assert owner.status == 200


def test_what_is_over_is_forgotten(owner: Owner, nina: Supporter, clock: Clock) -> None:
    owner.logs_in()
    purge(current())
    assert [len(rows(model)) for model in (LinkRequest, MagicLink, ReaderSession)] == [1, 1, 1]

    clock.forward(timedelta(hours=1))
    purge(current())
    assert [len(rows(model)) for model in (LinkRequest, MagicLink, ReaderSession)] == [1, 1, 0]

    clock.forward(timedelta(days=2))
    purge(current())
    assert [len(rows(model)) for model in (LinkRequest, MagicLink, ReaderSession)] == [0, 0, 0]
