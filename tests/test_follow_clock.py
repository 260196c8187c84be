"""In development the site lives by the sandbox's clock, and goes on when the sandbox does not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask, Response

from config import Config
from donations import runtime
from donations.app import create_app
from donations.follow_clock import FollowingClock
from donations.runtime import system_clock
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.fakes import FakeGateway
from tests.website import Website

DAY = timedelta(days=1)
NOBODY = "http://127.0.0.1:9"


def sandbox_in(folder: Path, port: int = 0) -> SandboxServer:
    folder.mkdir()
    return SandboxServer(Settings(folder, port=port))


def advance(sandbox: SandboxServer, days: int) -> None:
    url = f"{sandbox.base_url}/_sandbox/clock"
    requests.post(url, json={"days": days}, timeout=30).raise_for_status()


def ahead(clock: Callable[[], datetime]) -> timedelta:
    return clock() - system_clock()


def soon(clock: Callable[[], datetime], wanted: timedelta) -> bool:
    """Whether the clock is as far ahead as that, after it has had the time to ask again."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if abs(ahead(clock) - wanted) < timedelta(seconds=2):
            return True
        time.sleep(0.05)
    return False


class Teller:
    """Answers like the sandbox's health, or as a test wants it, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers: Callable[[], Response] = lambda: self.says(f'{{"now": {int(time.time()) + 3600}}}')
        self.app = Flask("teller")
        self.app.add_url_rule("/_sandbox/health", view_func=self._health)

    def says(self, body: str, status: int = 200) -> Response:
        return Response(body, status, mimetype="application/json")

    def _health(self) -> Response:
        self.asked += 1
        return self.answers()


@pytest.fixture
def teller() -> Iterator[tuple[Teller, str]]:
    teller = Teller()
    with Website(teller.app) as website:
        yield teller, website.base


def test_it_follows_the_sandbox_and_is_aware_of_utc(tmp_path: Path) -> None:
    with sandbox_in(tmp_path / "sandbox") as sandbox:
        clock = FollowingClock(sandbox.base_url)
        before = ahead(clock)

        advance(sandbox, 70)

        assert abs(before) < timedelta(seconds=2)
        assert soon(clock, 70 * DAY)
        assert clock().tzinfo is UTC


def test_it_goes_on_without_the_sandbox_and_never_back_with_a_new_one(tmp_path: Path) -> None:
    with sandbox_in(tmp_path / "first") as first:
        advance(first, 3)
        clock = FollowingClock(first.base_url)
        assert soon(clock, 3 * DAY)
    time.sleep(0.35)
    alone = ahead(clock)

    with sandbox_in(tmp_path / "second", first.settings.port) as second:
        time.sleep(0.35)
        with_another = ahead(clock)
        advance(second, 5)
        assert soon(clock, 5 * DAY)

    assert [round(each / DAY) for each in (alone, with_another)] == [3, 3]


def test_without_any_answer_it_tells_real_time() -> None:
    assert abs(ahead(FollowingClock(NOBODY))) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("body", "status"),
    [("[]", 200), ("no json", 200), ('{"now": "late"}', 200), ("{}", 200), ('{"now": 9999999999}', 503)],
)
def test_what_is_no_answer_of_the_sandbox_is_not_believed(
    teller: tuple[Teller, str], body: str, status: int
) -> None:
    told, base = teller
    told.answers = lambda: told.says(body, status)

    assert abs(ahead(FollowingClock(base))) < timedelta(seconds=2)
    assert told.asked == 1


def test_an_answer_is_remembered_whoever_asks(teller: tuple[Teller, str]) -> None:
    told, base = teller
    clock = FollowingClock(base)
    read: list[timedelta] = []

    def look() -> None:
        read.extend(ahead(clock) for _ in range(20))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(read) == 160
    assert {round(each.total_seconds() / 60) for each in read} == {60}
    assert told.asked < 10


def test_a_sandbox_that_hangs_holds_up_few_calls_and_not_for_long(teller: tuple[Teller, str]) -> None:
    told, base = teller
    clock, hangs = FollowingClock(base), threading.Event()
    clock()

    def hang() -> Response:
        hangs.wait(2)
        return told.says("{}")

    told.answers = hang
    time.sleep(0.35)
    began = time.monotonic()
    read = [ahead(clock) for _ in range(200)]
    took = time.monotonic() - began
    hangs.set()

    assert took < 1.2
    assert {round(each.total_seconds() / 60) for each in read} == {60}
    assert told.asked == 2


@pytest.mark.parametrize(
    ("environ", "follows"), [({}, True), ({"STRIPE_SECRET_KEY": "sk_test_somebodys"}, False)]
)
def test_only_where_the_sandbox_is_used_it_says_the_time(
    tmp_path: Path, environ: dict[str, str], follows: bool
) -> None:
    config = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance"), **environ})
    app = create_app(config, gateway=FakeGateway(), wake_worker=lambda: None)

    with app.app_context():
        now = runtime.current().now

    assert isinstance(now, FollowingClock) == follows
    assert follows or now is system_clock


def test_a_clock_may_be_handed_in(tmp_path: Path) -> None:
    noon = datetime(2027, 3, 28, 12, tzinfo=UTC)
    config = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance")})

    app = create_app(config, gateway=FakeGateway(), wake_worker=lambda: None, now=lambda: noon)

    with app.app_context():
        assert runtime.current().now() == noon
