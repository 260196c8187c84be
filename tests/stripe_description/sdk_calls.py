"""Which of the SDK's typed parameters belong to which of Stripe's paths.

The SDK keeps that in the source of its services: each method names its path and its TypedDict.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import stripe


def typed_parameters(method: str, path: str) -> Any:
    """The TypedDict of a call such as `post`, `/v1/refunds/{refund}`; None where the SDK has none."""
    return _calls().get((method, without_names(path)))


def without_names(path: str) -> str:
    """The SDK names the ids in its paths otherwise than the description does."""
    return re.sub(r"\{\w+\}", "{}", path)


@cache
def _calls() -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for file in Path(stripe.__file__).parent.rglob("_*_service.py"):
        tree = ast.parse(file.read_text())
        modules = dict(_imports(tree))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            call, name = _request_in(function), _type_of_parameters(function)
            if call and name:
                found[call] = getattr(importlib.import_module(modules[name]), name)
    return found


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.name, node.module


def _request_in(function: ast.FunctionDef) -> tuple[str, str] | None:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._request":
            texts = [part.value for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant)]
            return ast.literal_eval(node.args[0]), without_names(texts[0])
    return None


def _type_of_parameters(function: ast.FunctionDef) -> str | None:
    for argument in function.args.args:
        if argument.arg == "params" and argument.annotation:
            names = [part.value for part in ast.walk(argument.annotation) if isinstance(part, ast.Constant)]
            return names[0] if names else None
    return None
