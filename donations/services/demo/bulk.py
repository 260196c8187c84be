"""Rows into tables as quickly as each database takes them: COPY on PostgreSQL, one prepared INSERT on SQLite.

What `upkeep` does not put off holds for each row as it comes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Final

from psycopg import Connection, sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from donations.services.demo.tables import COLUMNS, NUMBERED, SEALED, Row

_LINES_A_MESSAGE: Final = 4_000


def hold_tables(session: Session) -> None:
    """Keep others from writing into them until the transaction ends, so that keys can be given out here.

    SQLite lets nobody else write anyway.
    """
    if _is_postgresql(session):
        tables = ", ".join(COLUMNS)
        session.execute(text(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE"))
        session.execute(text("SET LOCAL timezone = 'UTC'"))


def first_ids(session: Session) -> dict[str, int]:
    """The next free key of each table."""
    return {table: _first_id(session, table) for table in NUMBERED}


def leave_ids(session: Session, next_ids: Mapping[str, int]) -> None:
    """Let the database give out keys from there on. SQLite reckons from the highest by itself."""
    if _is_postgresql(session):
        for table, next_id in next_ids.items():
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next_id, false)"),
                {"table": table, "next_id": next_id},
            )


def insert(session: Session, table: str, rows: list[Row]) -> None:
    connection: Any = session.connection().connection.driver_connection
    if not rows:
        return
    if isinstance(connection, sqlite3.Connection):
        places = ", ".join("?" * len(COLUMNS[table]))
        statement = f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({places})"  # noqa: S608 - our own names
        connection.executemany(statement, rows).close()
    else:
        _copy(connection, table, rows)


def _copy(connection: Connection[Any], table: str, rows: list[Row]) -> None:
    """As text, in which `None` is nothing: no text of ours is that word, and none needs escaping."""
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (NULL 'None')").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for message in _messages(table, rows):
            copy.write(message)


def _messages(table: str, rows: list[Row]) -> Iterator[str]:
    columns = COLUMNS[table]
    line = "\t".join(["%s"] * len(columns)) + "\n"
    sealed = [place for place, column in enumerate(columns) if column in SEALED]
    for start in range(0, len(rows), _LINES_A_MESSAGE):
        some = rows[start : start + _LINES_A_MESSAGE]
        yield "".join([line % (_in_hex(row, sealed) if sealed else row) for row in some])


def _in_hex(row: Row, sealed: list[int]) -> Row:
    values = list(row)
    for place in sealed:
        value = values[place]
        if isinstance(value, bytes):
            values[place] = r"\\x" + value.hex()
    return tuple(values)


def _first_id(session: Session, table: str) -> int:
    """On PostgreSQL the sequence knows of keys too that were given out and not kept."""
    if _is_postgresql(session):
        given = session.scalar(text("SELECT nextval(pg_get_serial_sequence(:table, 'id'))"), {"table": table})
    else:
        given = session.scalar(text(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}"))  # noqa: S608 - our own names
    assert given is not None
    return int(given)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
