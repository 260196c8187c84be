"""Pages that ask for support are counted: without knowing who looks, and without a write a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, select
from sqlalchemy.engine import Connection

from donations.models import VisitHour
from donations.models.database import db, reading, writing
from donations.runtime import current
from donations.web.readers import visits
from donations.web.readers.visits import store_visits
from tests import factories

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ARTICLE = "/articles/nato-will-never-give-up-on-dialogue-with-russia-us-defense-secretary-says-a1"


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


def stored(app: Flask) -> set[tuple[str, str, str, str, str, int]]:
    store_visits(app)
    with reading() as session:
        rows = session.scalars(select(VisitHour)).all()
    return {
        (row.step.value, row.campaign, row.article, row.placement, row.variant, row.number) for row in rows
    }


def test_the_appeal_and_the_page_where_readers_give_are_counted(app: Flask, browser: FlaskClient) -> None:
    for path in (
        "/",
        ARTICLE,
        "/support?campaign=small-gifts&article=a1&placement=header&variant=b",
        "/support",
    ):
        assert browser.get(path).status_code == 200

    assert stored(app) == {
        ("appeal", "independent-journalism", "a1", "", "", 2),
        ("support", "small-gifts", "a1", "header", "b", 1),
        ("support", "", "", "", "", 1),
    }


def test_hours_are_whole_and_utc(app: Flask, browser: FlaskClient) -> None:
    browser.get("/support")
    store_visits(app)

    with reading() as session:
        hour_at = session.scalars(select(VisitHour.hour_at)).one()
    assert (hour_at.minute, hour_at.second, hour_at.microsecond) == (0, 0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
def test_programs_and_pages_fetched_ahead_are_not_counted(page_app: Flask, headers: dict[str, str]) -> None:
    client = page_app.test_client()

    for path in ("/", "/support"):
        client.get(path, headers={"User-Agent": FIREFOX} | headers)

    assert not pending(page_app)


@pytest.mark.parametrize("method", ["head", "post"])
def test_only_pages_that_are_shown_are_counted(page_app: Flask, method: str) -> None:
    getattr(page_app.test_client(), method)("/support", headers={"User-Agent": FIREFOX})

    assert not pending(page_app)


def test_a_telephone_whose_name_ends_in_bot_is_one(page_app: Flask) -> None:
    agent = "Mozilla/5.0 (Linux; Android 13; CUBOT P60) Chrome/140.0 Mobile Safari/537.36"

    page_app.test_client().get("/", headers={"User-Agent": agent})

    assert pending(page_app) == 1


def test_an_appeal_that_is_hidden_is_not_counted(page_app: Flask) -> None:
    client = page_app.test_client()
    client.set_cookie("appeal", "hidden")

    client.get("/", headers={"User-Agent": FIREFOX})

    assert not pending(page_app)


def test_who_comes_back_from_stripe_is_not_counted_twice(app: Flask, browser: FlaskClient) -> None:
    with writing() as session:
        row = factories.make_checkout(session, factories.make_supporter(session, current().vault))
        reference = row.reference

    browser.get(f"/support?back={reference}")

    assert stored(app) == set()


def test_names_that_strangers_write_into_links_are_let_go(app: Flask, browser: FlaskClient) -> None:
    for n in range(20):
        browser.get(f"/support?campaign=c{n}&article=a{n + 2}&placement=p{n}&variant=v{n}")

    assert stored(app) == {("support", "", "", "", "", 20)}


def test_a_page_costs_no_write_and_a_later_one_brings_all_to_the_database(
    app: Flask, browser: FlaskClient, written: list[str]
) -> None:
    for _ in range(3):
        browser.get("/").close()
    assert written == []

    let_seconds_pass(app)
    browser.get("/livez").close()

    assert len(written) == 1
    assert stored(app) == {("appeal", "independent-journalism", "a1", "", "", 3)}


@pytest.fixture
def written(app: Flask) -> Iterator[list[str]]:
    """The statements that wrote something."""
    found: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_many_visits_are_stored_without_waiting(app: Flask, browser: FlaskClient, written: list[str]) -> None:
    for _ in range(visits.FLUSH_AFTER):
        visits.counter_of(app).count(visits.Visit(factories.NOON, visits.Step.SUPPORT))

    browser.get("/livez").close()

    assert len(written) == 1


def test_a_database_that_fails_reaches_no_reader_and_loses_no_count(page_app: Flask) -> None:
    client = page_app.test_client()

    for _ in range(3):
        let_seconds_pass(page_app)
        response = client.get("/", headers={"User-Agent": FIREFOX})
        response.close()
        assert response.status_code == 200

    assert pending(page_app) == 3


def test_while_the_database_is_away_strangers_cannot_fill_the_memory(page_app: Flask) -> None:
    counter = visits.counter_of(page_app)

    for n in range(3_000):
        counter.count(visits.Visit(factories.NOON, visits.Step.SUPPORT, campaign=f"c{n}"))

    taken = counter.take()
    assert taken.total() == 3_000
    assert len(taken) <= 1_001


def test_nothing_of_the_reader_is_stored(app: Flask, browser: FlaskClient) -> None:
    response = browser.get("/", environ_base={"REMOTE_ADDR": "203.0.113.7"})

    assert "Set-Cookie" not in response.headers
    columns = {column["name"] for column in inspect(db.engine).get_columns("visit_hour")}
    assert columns == {"id", "hour_at", "step", "campaign", "article", "placement", "variant", "number"}


def let_seconds_pass(app: Flask) -> None:
    counter = visits.counter_of(app)
    later = counter.seconds() + visits.FLUSH_EVERY_S + 1
    counter.seconds = lambda: later


def pending(app: Flask) -> int:
    """What the process has counted; the page's application has no tables to store it in."""
    counter = visits.counter_of(app)
    counts = counter.take()
    counter.put_back(counts)
    return counts.total()
