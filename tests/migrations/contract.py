"""What the released code asks of the schema, as data: what it writes, what it reads, with rows to try it.

    python -m tests.migrations.contract     write it anew from the models, when a release is made

From then on every migration is held to it: the code of that release runs on the newest schema until the
next release has replaced it everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Enum, Table, UniqueConstraint
from sqlalchemy.types import BigInteger, Integer, String, TypeDecorator, TypeEngine

from donations.models import Base
from donations.models.migrating import newest_revision
from tests.migrations.samples import SAMPLES, SEEDED

CONTRACT: Final = Path(__file__).with_name("released.json")
_FIRST: Final = 1001
"""Of the keys of rows that are tried: out of the way of what triggers add."""
_AT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReleasedColumn:
    family: str
    """What Python has for it: int, str, bytes, datetime, date, bool."""
    room: int | None
    """Characters, or bytes of an integer; None where there is no limit, or none that counts."""
    nullable: bool
    default: bool
    """Whether the database fills it in by itself."""
    values: list[str] | None
    """All that there are, of an enumeration."""


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    columns: dict[str, ReleasedColumn]
    unique: list[list[str]]
    checks: list[str]
    insert: str | None
    """None where the code never adds a row."""
    select: str
    rows: list[Row]
    """To be added by `insert`: one with all that can be given, one with nothing that can be left out."""


@dataclass(frozen=True, slots=True)
class Contract:
    revision: str
    tables: dict[str, ReleasedTable]
    """In an order in which rows can be added."""


def of_models() -> Contract:
    revision = newest_revision()
    assert revision is not None
    return Contract(revision, {table.name: _table(table) for table in Base.metadata.sorted_tables})


def written(contract: Contract) -> str:
    return _laid_out(asdict(contract), 4) + "\n"


def _laid_out(value: Any, levels: int, before: str = "") -> str:
    """As JSON, with a line for each column, so that a change of one is seen as that."""
    if not isinstance(value, dict) or not levels:
        return json.dumps(value, default=_plain)
    more = before + " "
    lines = (f"{more}{json.dumps(name)}: {_laid_out(each, levels - 1, more)}" for name, each in value.items())
    return "{\n" + ",\n".join(lines) + f"\n{before}}}"


def read() -> Contract:
    content = json.loads(CONTRACT.read_text("utf-8"))
    return Contract(
        content["revision"],
        {
            name: ReleasedTable(
                **values
                | {
                    "columns": {each: ReleasedColumn(**of) for each, of in values["columns"].items()},
                    "rows": [_typed(values["columns"], row) for row in values["rows"]],
                }
            )
            for name, values in content["tables"].items()
        },
    )


def family_of(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, Enum):
        return "str"
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return plain.python_type.__name__


def room_of(kind: TypeEngine[Any]) -> int | None:
    if isinstance(kind, Integer):
        return 8 if isinstance(kind, BigInteger) else 4
    return kind.length if isinstance(kind, String) else None


def unique_sets(table: Table) -> Iterator[list[str]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield sorted(column.name for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield sorted(column.name for column in index.columns)


def _table(table: Table) -> ReleasedTable:
    names = [column.name for column in table.columns]
    places = ", ".join(f":{name}" for name in names)
    listed = ", ".join(names)
    is_seeded = table.name in SEEDED
    return ReleasedTable(
        columns={column.name: _column(column) for column in table.columns},
        unique=sorted(unique_sets(table)),
        checks=sorted(str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)),
        insert=None if is_seeded else f"INSERT INTO {table.name} ({listed}) VALUES ({places})",
        select=f"SELECT {listed} FROM {table.name}",
        rows=[] if is_seeded else [_row(table, 0, is_full=True), _row(table, 1, is_full=False)],
    )


def _column(column: Column[Any]) -> ReleasedColumn:
    kind = column.type
    return ReleasedColumn(
        family_of(kind),
        room_of(kind),
        bool(column.nullable),
        column.server_default is not None,
        [*kind.enums] if isinstance(kind, Enum) else None,
    )


def _row(table: Table, number: int, *, is_full: bool) -> Row:
    """Whatever fits, but for what a table's own rules ask."""
    given: Mapping[str, Any] = SAMPLES.get(table.name, ({}, {}))[number]
    return {
        column.name: given.get(
            column.name, _value(column, number) if is_full or not column.nullable else None
        )
        for column in table.columns
    }


def _value(column: Column[Any], number: int) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    if column.name == "currency":
        return "eur"
    match family_of(column.type):
        case "int":
            return _FIRST + number
        case "str":
            return f"{column.name}{number}"[: column.type.length or 99]  # pyright: ignore
        case "bytes":
            return bytes([number + 1]) * 32
        case "datetime":
            return _AT + timedelta(hours=number)
        case "date":
            return _AT.date() + timedelta(days=number)
        case family:
            assert family == "bool", family
            return False


def _plain(value: object) -> str:
    match value:
        case bytes():
            return value.hex()
        case datetime() | date():
            return value.isoformat()
        case _:
            raise TypeError(f"{value!r} has no place in a contract")


def _typed(columns: Mapping[str, Mapping[str, Any]], row: Row) -> Row:
    return {name: _back(columns[name]["family"], value) for name, value in row.items()}


def _back(family: str, value: Any) -> Any:
    match family:
        case "bytes" if value is not None:
            return bytes.fromhex(value)
        case "datetime" if value is not None:
            return datetime.fromisoformat(value)
        case "date" if value is not None:
            return date.fromisoformat(value)
        case _:
            return value


if __name__ == "__main__":
    CONTRACT.write_text(written(of_models()), "utf-8")
    print(f"{CONTRACT.name}: the schema of {newest_revision()}")
