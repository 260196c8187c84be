"""Statements that are put into words once, for where one is made thousands of times a second.

SQLAlchemy finds the words of a statement anew in its cache each time, by walking through all of it, and keeps
an account of each execution. A ready statement keeps its words, knows how each value is to be handed to the
driver, and is run by the driver. What goes wrong is raised as SQLAlchemy would raise it. Of what a session
has not flushed yet it knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler


class ReadyStatement:
    """The words of a statement in one dialect. Safe to share between threads."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._processors = _processors(compiled, dialect)
        self._fixed = self._for_driver(compiled.params)
        self._names = tuple(compiled.positiontup or ()) if compiled.positional else None

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run it with the values of its parameters, by their names, and give the first row that it returns.

        Raises DBAPIError, and has thrown the connection away where that says so.
        """
        filled = {**self._fixed, **self._for_driver(values)}
        given = filled if self._names is None else [filled[name] for name in self._names]
        cursor = connection.connection.cursor()
        try:
            # Whoever listens to what the database is told hears of this too.
            connection.dispatch.before_cursor_execute(connection, cursor, self.text, given, None, False)
            cursor.execute(self.text, given)
            return cursor.fetchone()
        except Exception as error:
            raise self._translated(connection, error) from error
        finally:
            cursor.close()

    def _for_driver(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: self._processors[name](value) if name in self._processors else value
            for name, value in values.items()
        }

    def _translated(self, connection: Connection, error: Exception) -> BaseException:
        """As SQLAlchemy says it; a fault of ours, which is no error of the driver's, stays what it is."""
        dialect = connection.dialect
        assert dialect.loaded_dbapi is not None
        base = dialect.loaded_dbapi.Error
        if not isinstance(error, base):
            return error
        is_cut = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if is_cut:
            connection.invalidate(error)
        return DBAPIError.instance(
            self.text, {}, error, base, hide_parameters=True, connection_invalidated=is_cut, dialect=dialect
        )


def parameters_for(columns: Mapping[str, ColumnElement[Any]]) -> dict[str, Any]:
    """A parameter for each column, by its name and of its type."""
    return {name: bindparam(name, type_=column.type) for name, column in columns.items()}


def _processors(compiled: SQLCompiler, dialect: Dialect) -> Mapping[str, Callable[[Any], Any]]:
    """For the parameters that the driver does not take as they are."""
    found = (
        (name, bind.type.dialect_impl(dialect).bind_processor(dialect))
        for bind, name in compiled.bind_names.items()
    )
    return {name: process for name, process in found if process is not None}
