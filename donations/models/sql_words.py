"""A set of words as one text, in the database's words: what a row is may then be asked of that row alone.

The words stand in their order, each between two spaces, so that ` incomplete ` is not found in
` incomplete_expired `. Nothing at all is the empty text.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Engine, SQLColumnExpression, String, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class words_among(GenericFunction[str]):
    """An aggregate: the different words of a column, without those that are NULL."""

    type = String()
    inherit_cache = True


@compiles(words_among, "postgresql")
def _among_on_postgresql(element: words_among, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = (compiler.process(each, **options) for each in element.clauses)
    return f"COALESCE(' ' || string_agg(DISTINCT {column}, ' ' ORDER BY {column}) || ' ', '')"


def has_word(words: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    """Whether it is one of them."""
    return words.contains(f" {word} ", autoescape=True)


class _WordsAmong:
    """SQLite's DISTINCT knows no order within an aggregate."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def step(self, word: str | None) -> None:
        if word is not None:
            self._words.add(word)

    def finalize(self) -> str:
        return f" {' '.join(sorted(self._words))} " if self._words else ""


@event.listens_for(Engine, "connect")
def _teach_sqlite(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        # The stubs know aggregates of whole numbers only.
        aggregate: Any = _WordsAmong
        connection.create_aggregate("words_among", 1, aggregate)
