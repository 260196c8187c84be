"""The sandbox and the production application never meet: not by import, route, configuration or network."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from donations.sandbox.loopback import NotLoopback, is_loopback
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.sandbox.desk import Desk
from tests.test_config import PRODUCTION

ROOT = Path(__file__).parents[2]

# Every module of ours but the sandbox's is imported, and the production application is made.
LOOK = """
import importlib, json, pathlib, sys
import donations
root = pathlib.Path(donations.__file__).parent
for path in root.rglob("*.py"):
    parts = path.relative_to(root).with_suffix("").parts
    if parts[0] != "sandbox" and parts[-1] not in {"__init__", "__main__"}:
        importlib.import_module(".".join(["donations", *parts]))
from config import Config
from donations.app import create_app
app = create_app(Config.from_env())
print(json.dumps({
    "modules": sorted(name for name in sys.modules if name.startswith("donations")),
    "rules": sorted(str(rule) for rule in app.url_map.iter_rules()),
    "views": sorted({view.__module__ for view in app.view_functions.values()}),
    "static": app.static_folder,
}))
"""


def environment(folder: Path) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        **PRODUCTION,
        "DATABASE_URL": f"sqlite:///{folder / 'donations.db'}",
        "INSTANCE_DIR": str(folder),
    }


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    done = python(tmp_path_factory.mktemp("production"), "-c", LOOK)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_of_the_production_application_imports_the_sandbox(production: dict[str, Any]) -> None:
    modules = set(production["modules"])

    # The look itself must have looked: something of every floor is there.
    assert {"donations.app", "donations.cli.run", "donations.jobs.worker", "donations.web.errors"} <= modules
    assert {name for name in modules if "sandbox" in name} == {"donations.cli.sandbox"}


def test_the_production_application_has_no_route_of_the_sandbox(production: dict[str, Any]) -> None:
    rules = production["rules"]

    assert "/support" in rules
    assert [
        rule for rule in rules if rule.startswith(("/_sandbox", "/v1", "/v2", "/c/pay", "/i/", "/p/session"))
    ] == []
    assert [view for view in production["views"] if view.startswith("donations.sandbox")] == []
    static = Path(production["static"])
    assert (static.parent.name, static.name) == ("donations", "static")


@pytest.mark.parametrize("command", [("donations.cli", "sandbox", "run"), ("donations.sandbox",)])
def test_in_production_no_command_starts_a_sandbox(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = python(tmp_path, "-m", *command)

    assert done.returncode == 1
    assert "takes no money, so it does not start in production" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "sandbox").exists()
    assert not (tmp_path / "sandbox.db").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org", "localhost.example.org", ""])
def test_it_listens_to_this_machine_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotLoopback, match="listens on loopback only"):
        SandboxServer(Settings(tmp_path, host=host, port=0))

    assert list(tmp_path.iterdir()) == []


def test_the_command_says_why_a_host_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "donations.sandbox", "--host", "0.0.0.0", "--port", "0"],
        cwd=ROOT,
        env={**environment(tmp_path), "DONATIONS_ENV": "development"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "listens on loopback only. '0.0.0.0' can be reached from other machines." in done.stderr


def test_its_socket_is_bound_to_loopback(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.server.settings.port), timeout=5) as connection:
        assert is_loopback(connection.getpeername()[0])

    assert is_loopback(desk.server.settings.host)


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc", "pk_test_abc", "sk_test_", "nonsense", ""])
@pytest.mark.parametrize("path", ["/v1/account", "/v2/core/events/evt_test_1"])
def test_only_a_test_key_is_let_in(desk: Desk, key: str, path: str) -> None:
    answer = desk.http.get(
        f"{desk.server.base_url}{path}", headers={"Authorization": f"Bearer {key}" if key else ""}
    )

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "_abc" not in answer.text
