"""The whole thing as a person starts it: `donations run` on free ports, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import requests
from flask import Flask

from config import Config
from donations.app import create_app
from donations.models.database import db, reading
from donations.reports.dump import dump

T = TypeVar("T")
_PATIENCE_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(find: Callable[[], T | None], what: str) -> T:
    """What `find` gives once it gives something. Fails with `what` when it never does."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} never came")


@dataclass
class Stack:
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def staff_password(self) -> str:
        return json.loads((self.folder / "development-secrets.json").read_text())["STAFF_PASSWORD"]

    @property
    def environ(self) -> dict[str, str]:
        """Nothing of the caller's environment but what finds programs."""
        return {
            "PATH": os.environ["PATH"],
            "INSTANCE_DIR": str(self.folder),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            **self.environment,
        }

    def start(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log = (self.folder / "run.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "donations.cli", "run"],
            env=self.environ,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        eventually(self._is_up_or_dead, "the site")
        if self.process.poll() is not None:
            self._log.close()
            raise AssertionError(self.log)
        return self

    def stop(self) -> int:
        """Ctrl-C, and the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(30)
        self._log.close()
        if "_app" in vars(self):
            with self._app.app_context():
                db.engine.dispose()
        return status

    @property
    def log(self) -> str:
        return (self.folder / "run.log").read_text()

    def command(self, *words: str) -> str:
        """What `donations …` prints to stdout."""
        done = self.run_command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run_command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "donations.cli", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def dump(self) -> dict[str, Any]:
        """What `donations dump --json` prints, without a process for each look."""
        with self._app.app_context(), reading() as session:
            return json.loads(json.dumps(dump(session)))

    def state(self) -> dict[str, Any]:
        """What the sandbox says that happened."""
        return requests.get(f"{self.sandbox}/_sandbox/state", timeout=30).json()

    def control(self, name: str, /, **given: object) -> dict[str, Any]:
        answer = requests.post(f"{self.sandbox}/_sandbox/{name}", json=given, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    @cached_property
    def _app(self) -> Flask:
        """As another process beside the site and its worker would have it, on the same database."""
        return create_app(Config.from_env(self.environ))

    def _is_up_or_dead(self) -> bool:
        if self.process.poll() is not None:
            return True
        return "Support The Moscow Times is running." in self.log
