"""The contract of the floors fails when it is broken: each planted import is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "donations", tmp_path / "donations", ignore=shutil.ignore_patterns("static"))
    for name in ("pyproject.toml", "config.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("domain/money.py", "import donations.models.base", "The floors"),
        ("services/checkouts.py", "import donations.web.policy", "The floors"),
        ("services/checkouts.py", "import stripe", "Only the gateway imports stripe"),
        ("web/headers.py", "import donations.sandbox.clock", "Nothing imports the sandbox"),
        ("sandbox/clock.py", "import donations.domain.money", "The sandbox imports nothing else of ours"),
        ("domain/money.py", "import flask", "The domain is pure"),
    ],
)
def test_an_import_that_the_floors_forbid_is_found(
    copy: Path, module: str, planted: str, contract: str
) -> None:
    path = copy / "donations" / module
    path.write_text(path.read_text() + f"\n{planted}\n")

    done = lint(copy)

    assert done.returncode == 1, done.stdout
    assert any(line.endswith("BROKEN") and line.startswith(contract) for line in done.stdout.splitlines()), (
        done.stdout
    )
