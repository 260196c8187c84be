"""What is the same for every application is made once a process, though each test has one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from donations.services import staff_users

STRONG: Final = staff_users._hasher
"""What passwords are hashed with outside of tests."""


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


def compile_statements_once() -> None:
    """Statements are compiled once for each kind of database, though each test's has an engine of its own:
    dialects of one kind are taken for the same, and their engines share what they compiled."""
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__hash__ = _hash_of_kind  # type: ignore[assignment, method-assign]
        kind.__eq__ = _is_same_kind  # type: ignore[assignment, method-assign]
    compiled: LRUCache[Any, Any] = LRUCache(5000)
    Engine._compiled_cache = property(lambda _: compiled, lambda *_: None)  # type: ignore[assignment]


def hash_passwords_cheaply() -> None:
    """An honest hash takes a tenth of a second of both cores, by intent."""
    staff_users._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # type: ignore[misc]


def _hash_of_kind(dialect: object) -> int:
    return hash(type(dialect))


def _is_same_kind(dialect: object, other: object) -> bool:
    return type(dialect) is type(other)
