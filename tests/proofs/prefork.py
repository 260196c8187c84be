"""Many processes of the application on one port and one database: websites and workers, made and killed.

One process sets the application up and forks the others, as a web server in production would. What dies
is replaced. By a seed it also kills: any of them at any time, and each at a boundary that is drawn when
it is made.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, cast

import waitress
from flask import Flask
from sqlalchemy.orm import configure_mappers

from config import Config
from donations.app import create_app
from donations.gateway.client import StripeGateway
from donations.gateway.protocol import Gateway
from donations.jobs.queue import Wakeup, make_huey
from donations.jobs.worker import run_worker
from donations.models.database import db
from tests.proofs import mutants
from tests.proofs.boundaries import Boundaries, WatchedGateway
from tests.proofs.nursery import PROCESSES

_THREADS = 4
_TICK_S = 0.02
PROCESS_HEADER = "X-Process"
"""Says in each answer which process gave it."""


@dataclass(frozen=True)
class Kills:
    """`every` is the mean time between kills in seconds; `boundaries` the most that one process passes."""

    seed: int
    every: float
    boundaries: int


@dataclass(frozen=True)
class Crew:
    """What is to run. `log` takes all that the processes write."""

    config: Config
    log: Path
    webs: int = 1
    workers: int = 0
    kills: Kills | None = None
    mutant: str | None = None


@dataclass
class Prefork:
    port: int
    connection: Connection
    deaths: int = field(default=0, init=False)
    is_stopped: bool = field(default=False, init=False)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stand_down(self) -> None:
        """No more kills: from here on whoever lives goes on living, and what is missing is replaced."""
        self.deaths = self._ask("stand down")

    def stop(self) -> None:
        """All end, at once."""
        if not self.is_stopped:
            self.is_stopped = True
            self.deaths = self._ask("stop")

    def _ask(self, what: str) -> int:
        self.connection.send(what)
        assert self.connection.poll(30), "the processes are gone"
        return self.connection.recv()


def listen() -> socket.socket:
    """A free port: its number is known before anyone answers there."""
    return socket.create_server(("127.0.0.1", 0), backlog=512)


@contextmanager
def prefork(crew: Crew, listener: socket.socket | None = None) -> Iterator[Prefork]:
    """The crew at work on that port, or a free one, until the end of the block."""
    listener = listener or listen()
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_lead, args=(crew, listener, theirs))
    process.start()
    theirs.close()
    crowd = Prefork(listener.getsockname()[1], cast("Connection", ours))
    try:
        yield crowd
    finally:
        crowd.stop()
        process.join(30)
        ours.close()
        listener.close()


def _lead(crew: Crew, listener: socket.socket, connection: Connection) -> None:
    log = os.open(crew.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    leader = _Leader(crew, listener)
    while leader.is_leading:
        leader.replace_the_dead()
        leader.kill_by_chance()
        if connection.poll(_TICK_S):
            try:
                said = connection.recv()
            except EOFError:  # The test itself is gone.
                leader.hear("stop")
                return
            connection.send(leader.hear(said))


class _Leader:
    def __init__(self, crew: Crew, listener: socket.socket) -> None:
        self._crew, self._listener = crew, listener
        self._boundaries = Boundaries()
        self._app = _application(crew.config, self._boundaries)
        if crew.mutant is not None:
            mutants.plant(crew.mutant, self._app)
        self._alive: dict[int, str] = {}
        self._deaths = 0
        self._kills = crew.kills
        self._random = Random(crew.kills.seed if crew.kills else 0)
        self._kill_at = time.monotonic()
        self.is_leading = True

    def hear(self, said: str) -> int:
        """Do as we are told. Returns how many have died so far."""
        self._kills = None
        self.replace_the_dead()
        if said == "stop":
            self.is_leading = False
            for pid in self._alive:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        else:
            # Those that carry a drawn end are replaced by others that carry none.
            for pid in list(self._alive):
                self._kill(pid)
            self.replace_the_dead()
        return self._deaths

    def replace_the_dead(self) -> None:
        while self._alive and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            del self._alive[ended[0]]
            self._deaths += 1
        roles = [*["web"] * self._crew.webs, *["worker"] * self._crew.workers]
        for role in self._alive.values():
            roles.remove(role)
        for role in roles:
            self._alive[self._fork(role)] = role

    def kill_by_chance(self) -> None:
        if self._kills is not None and time.monotonic() >= self._kill_at:
            self._kill(self._random.choice(sorted(self._alive)))
            self._kill_at = time.monotonic() + self._random.expovariate(1 / self._kills.every)

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        del self._alive[pid]
        self._deaths += 1

    def _fork(self, role: str) -> int:
        kill_at = None if self._kills is None else self._random.randint(1, self._kills.boundaries)
        child = os.fork()
        if child:
            return child
        self._boundaries.kill_at = kill_at
        try:
            if role == "web":
                _serve(self._app, self._listener)
            else:
                run_worker(self._app, make_huey(self._crew.config.queue_url))
        finally:
            os._exit(1)


def _application(config: Config, boundaries: Boundaries) -> Flask:
    wake = Wakeup(make_huey(config.queue_url))

    def wake_worker() -> None:
        boundaries.cross("before wake-up")
        wake()
        boundaries.cross("after wake-up")

    gateway = StripeGateway(
        config.stripe_secret_key, config.stripe_api_base, timeout=(5, 10), max_network_retries=1
    )
    watched = cast("Gateway", WatchedGateway(gateway, boundaries))
    app = create_app(config, gateway=watched, wake_worker=wake_worker)
    with app.app_context():
        boundaries.watch(db.engine)
    configure_mappers()  # Once for all, rather than with the first query of each.
    return app


def _serve(app: Flask, listener: socket.socket) -> None:
    pid = str(os.getpid())

    def named(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, (PROCESS_HEADER, pid)], *more)

        return app.wsgi_app(environ, start)

    waitress.serve(named, sockets=[listener], threads=_THREADS, ident=None, _quiet=True)
