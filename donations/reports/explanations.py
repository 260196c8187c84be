"""What every export says beside its figures: the notes and definitions of its tables, each once."""

from __future__ import annotations

from collections.abc import Iterable

from donations.reports.table import Definition, Table


def notes_of(tables: Iterable[Table]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for table in tables for note in table.notes))


def definitions_of(tables: Iterable[Table]) -> tuple[Definition, ...]:
    return tuple(dict.fromkeys(each for table in tables for each in table.explained))
