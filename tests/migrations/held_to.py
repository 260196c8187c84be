"""Hold a schema to what the released code asks of it: by what it says of itself, and by trying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Engine,
    Inspector,
    LargeBinary,
    Row,
    String,
    bindparam,
    inspect,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.types import TypeEngine

from donations.models.base import UtcDateTime
from tests.migrations.contract import Contract, ReleasedColumn, ReleasedTable, family_of, room_of

_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "int": BigInteger(),
    "str": String(),
    "bytes": LargeBinary(),
    "datetime": UtcDateTime(),
    "date": Date(),
    "bool": Boolean(),
}


def breaches(engine: Engine, contract: Contract) -> list[str]:
    """What the schema took away from the code, in words."""
    inspector = inspect(engine)
    there = set(inspector.get_table_names())
    return [
        problem
        for name, table in contract.tables.items()
        for problem in (_of_table(inspector, name, table) if name in there else [f"{name}: gone"])
    ]


def failures(engine: Engine, contract: Contract) -> list[str]:
    """What the code could not do: add its rows, then read them as they were written. All is undone."""
    found: list[str] = []
    with engine.connect() as connection, connection.begin() as whole:
        for name, table in contract.tables.items():
            part = connection.begin_nested()
            try:
                if table.insert is not None:
                    connection.execute(text(table.insert).bindparams(*_typed(table)), table.rows)
                rows = connection.execute(text(table.select).columns(**_columns(table))).all()
                part.commit()
            except (DBAPIError, StatementError) as error:
                part.rollback()
                found.append(f"{name}: {type(error).__name__}")
            else:
                found += [f"{name}: was not read as written" for row in table.rows if not _is_in(row, rows)]
        whole.rollback()
    return found


def _is_in(row: dict[str, Any], rows: list[Row[Any]] | Any) -> bool:
    return any(each._asdict() == row for each in rows)


def _typed(table: ReleasedTable) -> Iterator[Any]:
    return (bindparam(name, type_=_TYPES[column.family]) for name, column in table.columns.items())


def _columns(table: ReleasedTable) -> dict[str, TypeEngine[Any]]:
    return {name: _TYPES[column.family] for name, column in table.columns.items()}


def _of_table(inspector: Inspector, name: str, table: ReleasedTable) -> Iterator[str]:
    yield from _of_columns(inspector, name, table)
    yield from _of_uniqueness(inspector, name, table)
    yield from _of_checks(inspector, name, table)


def _of_columns(inspector: Inspector, name: str, table: ReleasedTable) -> Iterator[str]:
    now = {column["name"]: column for column in inspector.get_columns(name)}
    for column, released in table.columns.items():
        if column in now:
            for problem in _of_column(inspector, released, now[column]):
                yield f"{name}.{column}: {problem}"
        else:
            yield f"{name}.{column}: gone, or under another name"
    for column in set(now) - set(table.columns):
        if not _is_filled(now[column]):
            yield f"{name}.{column}: the code leaves it empty, and it must not be"


def _of_column(inspector: Inspector, before: ReleasedColumn, now: ReflectedColumn) -> Iterator[str]:
    kind = now["type"]
    if before.nullable and not now["nullable"]:
        yield "must not be empty any more"
    if before.default and not _is_filled(now):
        yield "is not filled in any more"
    if family_of(kind) != before.family:
        yield f"{before.family} became {family_of(kind)}"
    elif _is_narrower(inspector, kind, before.room):
        yield "has less room"


def _is_filled(column: ReflectedColumn) -> bool:
    return column["nullable"] or column["default"] is not None


def _is_narrower(inspector: Inspector, kind: TypeEngine[Any], before: int | None) -> bool:
    """SQLite's integers have all one size, whatever they are called."""
    now = room_of(kind)
    if now is None or (inspector.dialect.name == "sqlite" and family_of(kind) == "int"):
        return False
    return before is None or now < before if family_of(kind) == "str" else now < (before or now)


def _of_uniqueness(inspector: Inspector, name: str, table: ReleasedTable) -> Iterator[str]:
    """What was not unique may have doubles, and the code does not look for them."""
    sets = [each["column_names"] for each in inspector.get_unique_constraints(name)]
    sets += [each["column_names"] for each in inspector.get_indexes(name) if each["unique"]]
    for columns in {tuple(sorted(filter(None, each))) for each in sets}:
        if set(columns) <= set(table.columns) and list(columns) not in table.unique:
            yield f"{name}: {', '.join(columns)} must be unique now"


def _of_checks(inspector: Inspector, name: str, table: ReleasedTable) -> Iterator[str]:
    """One on new columns alone is nothing that the code can run into."""
    for check in inspector.get_check_constraints(name):
        words = set(str(check["sqltext"]).replace("(", " ").replace(")", " ").split())
        if check["name"] not in table.checks and words & set(table.columns):
            yield f"{name}: a new rule, {check['name']}"
    for column, released in table.columns.items():
        if released.values is not None:
            texts = [str(c["sqltext"]) for c in inspector.get_check_constraints(name)]
            mine = [each for each in texts if column in each]
            lost = [value for value in released.values if mine and not any(f"'{value}'" in t for t in mine)]
            if lost:
                yield f"{name}.{column}: {', '.join(lost)} is refused now"
