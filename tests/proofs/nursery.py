"""Processes of the application that are made in a moment, do one thing, and may be killed in it.

One process sets the application up and has no thread and no connection; each act is a fork of it.
So an act costs some milliseconds, and what is killed is a process of its own all the same.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random
from typing import Any, cast

from flask import Flask
from sqlalchemy.orm import configure_mappers

from config import Config
from donations import runtime
from donations.app import create_app
from donations.emails.mailer import mailer_for
from donations.gateway.client import StripeGateway
from donations.gateway.protocol import Gateway
from donations.jobs.queue import Wakeup, make_huey
from donations.jobs.tasks import Jobs
from donations.models.database import db
from tests.proofs import mutants
from tests.proofs.boundaries import Boundaries, WatchedGateway, WatchedMailer

PROCESSES = multiprocessing.get_context("forkserver")
"""Forks of a clean process that has imported the application before."""
PROCESSES.set_forkserver_preload([__name__, "tests.proofs.prefork"])


@dataclass(frozen=True)
class Post:
    """A form or a webhook that comes in."""

    path: str
    data: Mapping[str, str] | bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def do(self, app: Flask, _boundaries: Boundaries) -> dict[str, Any]:
        answer = app.test_client(use_cookies=False).post(
            self.path, data=self.data, headers=dict(self.headers)
        )
        return {"status": answer.status_code, "location": answer.headers.get("Location")}


@dataclass(frozen=True)
class Work:
    """What a wake-up of the worker brings about."""

    def do(self, app: Flask, boundaries: Boundaries) -> dict[str, Any]:
        with app.app_context():
            config = runtime.current().config
        mailer = WatchedMailer(mailer_for(config.mail_url), boundaries)
        Jobs(app, mailer, Random(7), Wakeup(make_huey("memory://"))).work()
        return {}


@dataclass(frozen=True)
class Outcome:
    """How an act ended. `answer` is None where its process was killed."""

    passed: tuple[str, ...]
    answer: dict[str, Any] | None

    @property
    def was_killed(self) -> bool:
        return self.answer is None


@dataclass(frozen=True)
class Nursery:
    connection: Connection

    def do(self, act: Post | Work, kill_at: int | tuple[str, ...] | None = None) -> Outcome:
        """In a process of its own, which is killed at that boundary."""
        self.connection.send((act, kill_at))
        return self.connection.recv()

    def kill_everywhere(self, act: Callable[[int], Post | Work]) -> list[Outcome]:
        """The n-th act is killed at its n-th boundary; the last is the first that has not so many."""
        outcomes: list[Outcome] = []
        while not outcomes or outcomes[-1].was_killed:
            number = len(outcomes) + 1
            outcomes.append(self.do(act(number), kill_at=number))
        return outcomes


@contextmanager
def nursery(config: Config, mutant: str | None = None) -> Iterator[Nursery]:
    """Of the application for `config`, or of a mutant of it."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_tend, args=(config, theirs, mutant), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Nursery(cast("Connection", ours))
    finally:
        ours.send(None)
        process.join(30)
        ours.close()


def _tend(config: Config, connection: Connection, mutant: str | None) -> None:
    boundaries = Boundaries()
    gateway = StripeGateway(config.stripe_secret_key, config.stripe_api_base)
    app = create_app(
        config,
        gateway=cast("Gateway", WatchedGateway(gateway, boundaries)),
        wake_worker=lambda: boundaries.cross("wake-up"),
    )
    if mutant is not None:
        mutants.plant(mutant, app)
    with app.app_context():
        boundaries.watch(db.engine)
    configure_mappers()  # Once for all, rather than with the first query of each.
    while (asked := connection.recv()) is not None:
        act, boundaries.kill_at = asked
        connection.send(_in_a_child(lambda act=act: act.do(app, boundaries), boundaries))


def _in_a_child(do: Callable[[], dict[str, Any]], boundaries: Boundaries) -> Outcome:
    reading_end, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        boundaries.tell = lambda name: os.write(writing_end, f"{name}\n".encode())
        try:
            os.write(writing_end, b"=" + json.dumps(do()).encode() + b"\n")
        except Exception:  # noqa: BLE001 - told here, and raised where the act was asked for
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing_end)
    with os.fdopen(reading_end) as report:
        lines = report.read().splitlines()
    _, status = os.waitpid(child, 0)
    answers = [json.loads(line[1:]) for line in lines if line.startswith("=")]
    if not answers and os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise RuntimeError(f"an act failed by itself after {lines}")
    return Outcome(tuple(line for line in lines if not line.startswith("=")), answers[0] if answers else None)
