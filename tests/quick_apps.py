"""What is the same for every application is made once a process, though each test has one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _InMemory(BytecodeCache):
    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if compiled := self._compiled.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def compile_templates_once() -> None:
    """For every application that is made from now on."""
    Flask.jinja_options = {"bytecode_cache": _InMemory()}


def compile_addresses_once() -> None:
    """Werkzeug makes a function of each rule, from its pattern and defaults alone. Should it do so in another
    way, nothing is changed."""
    compile_rule: Any = getattr(Rule, "_compile_builder", None)
    if compile_rule is None:
        return
    made: dict[object, Callable[..., Any]] = {}

    def look_up(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, repr(rule._trace), repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_rule(rule, append_unknown)
        return made[key]

    Rule._compile_builder = look_up  # type: ignore[method-assign]
