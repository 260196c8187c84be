"""The queue is only a wake-up: at most one waits, and nothing in it can do more than wake."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from huey import Huey
from redis import RedisError

from donations.jobs.queue import JsonSerializer, Wakeup, make_huey
from tests.databases import PostgresTemplate
from tests.redis_server import running_redis


@pytest.fixture(params=["sqlite", "postgresql", "redis", "memory"])
def huey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Huey]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_queue_url")
    elif request.param == "redis":
        url = request.getfixturevalue("redis_url")
    else:
        url = {"sqlite": f"sqlite:///{tmp_path}/queue.db", "memory": "memory://"}[request.param]
    huey = make_huey(url)
    yield huey
    huey.storage.close()


@pytest.fixture
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
def postgres_queue_url(postgres_template: PostgresTemplate) -> Iterator[str]:
    """Huey's own tables stand beside ours."""
    with postgres_template.fresh() as url:
        yield url


class Seconds:
    """A clock in seconds."""

    time = 1000.0

    def __call__(self) -> float:
        return self.time


def work(huey: Huey) -> bool:
    """Take one task out and run it, as the worker does."""
    task = huey.dequeue()
    if task is not None:
        huey.execute(task)
    return task is not None


def test_at_most_one_wake_up_waits(huey: Huey) -> None:
    wake = Wakeup(huey)

    for _ in range(5):
        wake()

    assert huey.storage.queue_size() == 1


def test_the_worker_hears_it_once_and_may_be_woken_again(huey: Huey) -> None:
    ran: list[str] = []
    wake = Wakeup(huey)
    wake.register(lambda: ran.append("work"))

    wake()
    assert work(huey) is True
    wake()
    wake()
    assert work(huey) is True

    assert (work(huey), ran) == (False, ["work", "work"])


def test_a_wake_up_during_the_work_is_not_missed(huey: Huey) -> None:
    """The flag is taken down before the work begins, so whoever comes during it queues another."""
    wake = Wakeup(huey)
    ran: list[int] = []

    def run() -> None:
        ran.append(len(ran))
        if len(ran) == 1:
            wake()

    wake.register(run)
    wake()
    while work(huey):
        pass

    assert ran == [0, 1]


def test_a_wake_up_that_nobody_took_is_believed_lost_after_a_minute(huey: Huey) -> None:
    clock = Seconds()
    wake = Wakeup(huey, clock)
    wake()
    huey.storage.flush_queue()

    clock.time += 59
    wake()
    assert huey.storage.queue_size() == 0
    clock.time += 2
    wake()

    assert huey.storage.queue_size() == 1


def test_work_that_fails_leaves_the_worker_free_to_be_woken(huey: Huey) -> None:
    wake = Wakeup(huey)

    def fail() -> None:
        raise OSError

    wake.register(fail)
    wake()
    work(huey)
    wake()

    assert huey.storage.queue_size() == 1


def test_what_the_website_queues_runs_in_the_worker(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    Wakeup(make_huey(url))()
    worker, ran = make_huey(url), list[str]()
    Wakeup(worker).register(lambda: ran.append("work"))

    work(worker)

    assert ran == ["work"]


def test_what_is_queued_is_json_and_never_pickle(tmp_path: Path) -> None:
    huey = make_huey(f"sqlite:///{tmp_path}/queue.db")
    Wakeup(huey)()

    with closing(sqlite3.connect(tmp_path / "queue.db")) as connection:
        ((data,),) = connection.execute("SELECT data FROM task")

    assert json.loads(data)[1] == "donations.jobs.queue.drain"
    with pytest.raises(ValueError, match=r"utf-8|Expecting|decode"):
        JsonSerializer().deserialize(b"\x80\x04cos\nsystem\n.")


def test_in_redis_too_what_the_website_queues_runs_in_the_worker_and_is_json(redis_url: str) -> None:
    website = make_huey(redis_url)
    Wakeup(website)()
    (data,) = website.storage.enqueued_items()
    worker, ran = make_huey(redis_url), list[str]()
    Wakeup(worker).register(lambda: ran.append("work"))

    work(worker)

    assert json.loads(data)[1] == "donations.jobs.queue.drain"
    assert ran == ["work"]


def test_a_redis_that_is_gone_or_does_not_answer_keeps_no_webhook_waiting() -> None:
    with running_redis() as url:
        wake = Wakeup(make_huey(url))
    with pytest.raises(RedisError):
        wake()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        wake = Wakeup(make_huey(f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        began = time.monotonic()
        with pytest.raises(RedisError):
            wake()
    assert time.monotonic() - began < 10, "not for as long as it is silent"


def test_a_queue_that_is_away_says_so_and_keeps_no_flag(tmp_path: Path) -> None:
    huey = make_huey(f"sqlite:///{tmp_path}/queue.db")
    wake = Wakeup(huey)
    breaker = sqlite3.connect(tmp_path / "queue.db")
    breaker.execute("ALTER TABLE task RENAME TO away")

    with pytest.raises(sqlite3.OperationalError):
        wake()
    breaker.execute("ALTER TABLE away RENAME TO task")
    breaker.close()
    wake()

    assert huey.storage.queue_size() == 1


def test_an_unknown_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="QUEUE_URL"):
        make_huey("amqp://queue.example")
