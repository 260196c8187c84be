"""What became of the mutants: figures by module, and those that survived, with the change that they are."""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.mutants.groups import GROUPS, Group

FLOOR: Final = 90
"""Percent that tests must notice."""
RESULTS: Final = Path(__file__).with_name("results.json")
_ROOT: Final = Path(__file__).parents[2]
_EXPLAINED: Final = Path(__file__).with_name("explained.toml")
_SHORTEST: Final = 4
"""A line of fewer characters is a bracket."""
_KILLED: Final = {1, 3, 36, -24, 24, 152, 255}
"""By a test that failed, or by one that never ended."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of one module."""

    mutants: int
    """How many there are."""
    tried: int
    killed: int
    survivors: dict[str, str]
    """By name, the lines that were changed: as `- before` and `+ after`."""
    source: str = ""
    """The beginning of the SHA-256 of the module as it was then; nothing of a sum of modules."""

    @property
    def score(self) -> float:
        """The part that was killed, in percent."""
        return 100 * self.killed / self.tried if self.tried else 100.0


def read_run(folder: Path, group: Group) -> dict[str, Found]:
    return {module: _read_module(folder, module) for module in group.modules}


def upon(before: dict[str, Found], again: dict[str, Found]) -> dict[str, Found]:
    """What is known after the survivors were tried once more."""
    return {
        module: replace(was, killed=was.tried - len(left), survivors=left)
        for module, was in before.items()
        for left in (again[module].survivors,)
    }


def keep(found: dict[str, Found]) -> None:
    known = read()
    merged = known | found
    text = json.dumps({name: asdict(merged[name]) for name in sorted(merged)}, indent=1, ensure_ascii=False)
    RESULTS.write_text(text + "\n", "utf-8")


def read() -> dict[str, Found]:
    """What the last runs found."""
    if not RESULTS.exists():
        return {}
    content: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text("utf-8"))
    return {name: Found(**values) for name, values in content.items()}


def changed() -> set[str]:
    """Modules that are not any more as they were when their mutants were tried."""
    return {module for module, found in read().items() if found.source != _digest(_ROOT / module)}


def explained() -> dict[tuple[str, str], str]:
    """Why mutants may survive: by module and by what they make of a line."""
    listed = tomllib.loads(_EXPLAINED.read_text("utf-8"))["survivor"]
    return {(each["in"], each["change"]): each["why"] for each in listed}


def unexplained() -> list[str]:
    """Survivors about which nobody has said why."""
    why = explained()
    return [
        f"{module} {name}: {gist(change)}"
        for module, each in read().items()
        for name, change in each.survivors.items()
        if (module, gist(change)) not in why
    ]


def gist(change: str) -> str:
    """The line that tells a change from others: what it made, or took away."""
    lines = change.splitlines()
    made = [line for line in lines if line.startswith("+") and len(line) > _SHORTEST]
    return made[-1][2:] if made else max(lines, key=len)[2:]


def told() -> str:
    """As a table; then what was not run or has changed since, and which survivors nobody has explained."""
    found = read()
    every = [*found.items(), ("all", _sum(found))]
    lines = [
        f"{name:40} {each.mutants:5} made {each.tried:5} tried {each.killed:5} killed {each.score:6.1f} %"
        for name, each in every
    ]
    missing = {module for group in GROUPS for module in group.modules} - set(found)
    rest = [f"not run: {', '.join(sorted(missing))}"] if missing else []
    if changed():
        rest.append(f"changed since: {', '.join(sorted(changed()))}")
    return "\n".join([*lines, *rest, *(f"not explained: {each}" for each in unexplained())])


def is_enough() -> bool:
    return _sum(read()).score >= FLOOR


def _sum(found: dict[str, Found]) -> Found:
    every = found.values()
    return Found(
        sum(each.mutants for each in every),
        sum(each.tried for each in every),
        sum(each.killed for each in every),
        {},
    )


def _read_module(folder: Path, module: str) -> Found:
    mutated = folder / "mutants" / module
    meta: dict[str, Any] = json.loads(mutated.with_name(f"{mutated.name}.meta").read_text())
    codes: dict[str, int | None] = meta["exit_code_by_key"]
    tried = {name.rpartition(".")[2]: code for name, code in codes.items() if code is not None}
    left = [name for name, code in tried.items() if code not in _KILLED]
    sources = _functions(mutated.read_text("utf-8"))
    survivors = {name: _change(sources, name) for name in left}
    return Found(len(codes), len(tried), len(tried) - len(left), survivors, _digest(folder / module))


def _digest(module: Path) -> str:
    return hashlib.sha256(module.read_bytes()).hexdigest()[:12]


def _functions(source: str) -> dict[str, list[str]]:
    """The lines of each function of a file that holds all the mutants of one module."""
    lines = source.splitlines()
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {node.name: lines[node.lineno : node.end_lineno] for node in found}


def _change(sources: dict[str, list[str]], name: str) -> str:
    before = sources[f"{name.rpartition('__mutmut_')[0]}__mutmut_orig"]
    compared = difflib.ndiff(before, sources[name])
    return "\n".join(f"{line[0]} {line[2:].strip()}" for line in compared if line[0] in "+-")
