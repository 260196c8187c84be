"""The sandbox as a process: it says when it is ready, keeps what it knew, and stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]


@contextmanager
def running(folder: Path, number: signal.Signals) -> Iterator[str]:
    """The URL of a sandbox that is stopped by a signal, and must then end well."""
    with subprocess.Popen(
        [sys.executable, "-m", "donations.sandbox", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_DIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Sandbox ready on http://127.0.0.1:"), line
        yield line.split()[3]
        process.send_signal(number)
        assert process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_remembers_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    headers = {"Authorization": "Bearer sk_test_x"}

    with running(tmp_path, number) as url:
        health = requests.get(f"{url}/_sandbox/health", timeout=10).json()
        made = requests.post(f"{url}/v1/customers", {"name": "A"}, headers=headers, timeout=10).json()
    with running(tmp_path, number) as url:
        found = requests.get(f"{url}/v1/customers/{made['id']}", headers=headers, timeout=10).json()

    assert health["status"] == "ok"
    assert found == made


def test_it_imports_nothing_else_of_ours() -> None:
    code = (
        "import sys, donations.sandbox.__main__;"
        "print([name for name in sys.modules"
        " if name == 'config' or name == 'stripe' or (name.startswith('donations.')"
        " and not name.startswith('donations.sandbox'))])"
    )

    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert found.strip() == "[]"
