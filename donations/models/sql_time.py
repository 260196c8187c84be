"""Days, months and spans of time in the database's words.

PostgreSQL knows the zones itself; SQLite is given a function of ours on each connection. Reports
are reckoned in days of several zones, and only the database can sum ten million rows by them.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Engine, Integer, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

_HOUR = len("2026-11-22 12")


class local_day(GenericFunction[date]):
    """`local_day(instant, 'Europe/Amsterdam')`: the calendar day there."""

    type = Date()
    inherit_cache = True


class local_month(GenericFunction[date]):
    """The first day of the month that it was there."""

    type = Date()
    inherit_cache = True


class month_of(GenericFunction[date]):
    """The first day of a day's month."""

    type = Date()
    inherit_cache = True


class seconds_between(GenericFunction[int]):
    """`seconds_between(earlier, later)`: whole seconds."""

    type = Integer()
    inherit_cache = True


@compiles(local_day, "postgresql")
def _day_on_postgresql(element: local_day, compiler: SQLCompiler, **options: Any) -> str:
    instant, zone = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST({instant} AT TIME ZONE {zone} AS DATE)"


@compiles(local_month, "postgresql")
def _month_on_postgresql(element: local_month, compiler: SQLCompiler, **options: Any) -> str:
    instant, zone = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(date_trunc('month', {instant} AT TIME ZONE {zone}) AS DATE)"


@compiles(month_of, "postgresql")
def _month_of_day_on_postgresql(element: month_of, compiler: SQLCompiler, **options: Any) -> str:
    # With a zone, date_trunc would go by way of an instant, and the session's zone.
    (day,) = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(date_trunc('month', CAST({day} AS TIMESTAMP)) AS DATE)"


@compiles(month_of, "sqlite")
def _month_of_day_on_sqlite(element: month_of, compiler: SQLCompiler, **options: Any) -> str:
    (day,) = (compiler.process(each, **options) for each in element.clauses)
    return f"DATE({day}, 'start of month')"


@compiles(seconds_between, "postgresql")
def _seconds_on_postgresql(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(ROUND(EXTRACT(EPOCH FROM ({later} - {earlier}))) AS BIGINT)"


@compiles(seconds_between, "sqlite")
def _seconds_on_sqlite(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(ROUND((JULIANDAY({later}) - JULIANDAY({earlier})) * 86400) AS INTEGER)"


@event.listens_for(Engine, "connect")
def _teach_sqlite(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("local_day", 2, _day, deterministic=True)
        connection.create_function("local_month", 2, _month, deterministic=True)


def _day(instant: str | None, zone: str) -> str | None:
    return None if instant is None else _day_of_hour(instant[:_HOUR], zone)


def _month(instant: str | None, zone: str) -> str | None:
    return None if instant is None else f"{_day_of_hour(instant[:_HOUR], zone)[:7]}-01"


@lru_cache(maxsize=65_536)
def _day_of_hour(hour: str, zone: str) -> str:
    """All zones of reports are whole hours from UTC, so an hour falls on one day."""
    instant = datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
    return instant.astimezone(ZoneInfo(zone)).date().isoformat()
