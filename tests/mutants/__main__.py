"""Make mutants of the code that reckons with money, and see which of them no test notices.

    python -m tests.mutants [WHAT ...]             all, or some groups or modules, whole: an hour
    python -m tests.mutants --of 37 [WHAT ...]     only those whose number ends in 3 or 7: a fifth of them
    python -m tests.mutants --again [WHAT ...]     only those that survived the last time
    python -m tests.mutants --told                 what the last runs found; fails below the floor

A module that has changed since is not tried `--again`: its mutants have other numbers now. What is found
is kept in results.json. mutmut works in a copy, so that nobody is kept from working on, with
MUTANTS_AT_ONCE (1) mutants at once; tests run on SQLite only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.mutants.groups import GROUPS, Group
from tests.mutants.results import Found, changed, is_enough, keep, read, read_run, told, upon

_ROOT: Final = Path(__file__).parents[2]
_COPIED: Final = ("donations", "tests", "migrations", "templates", "config.py", "pyproject.toml")
_CHILDREN: Final = os.environ.get("MUTANTS_AT_ONCE", "1")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", metavar="WHAT", help=", ".join(each.name for each in GROUPS))
    parser.add_argument("--of", default="", metavar="DIGITS")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--told", action="store_true")
    asked = parser.parse_args()
    for group in () if asked.told else _chosen(asked.what):
        if group.modules:
            is_same = set(group.modules) - changed()
            before = {module: found for module, found in read().items() if module in is_same}
            names = _survivors(before) if asked.again else [f"*__mutmut_*{digit}" for digit in asked.of]
            if names or not asked.again:
                found = _run(group, names)
                keep(upon(before, found) if asked.again else found)
    print(told())
    return 0 if is_enough() else 1


def _chosen(what: list[str]) -> list[Group]:
    """The groups, each with those of its modules that were asked for."""
    return [
        group
        if not what or group.name in what
        else replace(group, modules=tuple(module for module in group.modules if module in what))
        for group in GROUPS
    ]


def _survivors(before: dict[str, Found]) -> list[str]:
    return [
        f"{module.removesuffix('.py').replace('/', '.')}.{name}"
        for module, found in before.items()
        for name in found.survivors
    ]


def _run(group: Group, names: list[str]) -> dict[str, Found]:
    """What became of each module's mutants."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        for each in _COPIED:
            _copy(_ROOT / each, folder / each)
        (folder / "setup.cfg").write_text(_settings(group))
        environment = os.environ | {"TEST_DATABASES": "sqlite"}
        mutmut = str(Path(sys.executable).with_name("mutmut"))
        command = [mutmut, "run", "--max-children", _CHILDREN, *names]
        subprocess.run(command, cwd=folder, env=environment, check=True)
        return read_run(folder, group)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _settings(group: Group) -> str:
    listed: dict[str, tuple[str, ...]] = {
        "source_paths": ("donations",),
        "only_mutate": group.modules,
        "also_copy": ("config.py", "migrations", "templates"),
        "pytest_add_cli_args": ("-p", "no:xdist", "-p", "tests.mutants.fresh", "-k", "not postgresql"),
        "pytest_add_cli_args_test_selection": group.tests,
    }
    lines = (f"{name} =\n" + "".join(f"    {each}\n" for each in values) for name, values in listed.items())
    return "[mutmut]\nuse_git_change_detection = false\n" + "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
