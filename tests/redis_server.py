"""A Redis of its own for the tests that need one, where the machine has the program."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import pytest

_START_S: Final = 20


@contextmanager
def running_redis() -> Generator[str]:
    """Its address. Nothing is kept on the disk; skips where there is no Redis."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("Redis is not installed: `apt-get install redis-server`")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="dt-redis-")
    settings = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder)
    process = subprocess.Popen([program, "--port", str(port), *settings], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("Redis did not come up")
