"""One SQLite file of JSON documents, and the few tables that are not objects of Stripe's.

One connection behind one lock: the sandbox serves a desk, not a city, and a serial history is
what makes its answers easy to believe. A transaction covers an API call with all its events.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from donations.sandbox import dues
from donations.sandbox.document import Document

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    private TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS requests (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    created INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER,
    body TEXT
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL DEFAULT 0,
    position INTEGER NOT NULL,
    answer TEXT
);
DROP INDEX IF EXISTS deliveries_by_state;
CREATE INDEX IF NOT EXISTS deliveries_in_line ON deliveries (state, endpoint_id, next_at, position);
CREATE INDEX IF NOT EXISTS deliveries_by_position ON deliveries (position);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL,
    made_at REAL NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery_id, id);
CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at REAL NOT NULL,
    name TEXT NOT NULL,
    argument TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS dues (
    seq INTEGER PRIMARY KEY,
    timeline TEXT NOT NULL,
    due_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS dues_in_order ON dues (timeline, due_at, seq);
CREATE INDEX IF NOT EXISTS tasks_in_order ON tasks (due_at, id);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults_done (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """`field` is a dotted path into the document."""

    field: str
    value: str | int | bool | None
    operator: Literal["=", ">", ">=", "<", "<=", "<>", "GLOB", "IS"] = "="

    def to_sql(self) -> tuple[str, list[Any]]:
        return f"json_extract(body, ?) {self.operator} ?", [f"$.{self.field}", self.value]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field has one of several values."""

    field: str
    values: tuple[str, ...]

    def to_sql(self) -> tuple[str, list[Any]]:
        marks = ", ".join("?" * len(self.values))
        return f"json_extract(body, ?) IN ({marks})", [f"$.{self.field}", *self.values]


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._after_commit: list[Callable[[], None]] = []
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.executescript(_SCHEMA)
        if self.execute("PRAGMA user_version") == [(0,)]:
            self.note_all_dues()
            self.execute("PRAGMA user_version = 1")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def call_after_commit(self, callback: Callable[[], None]) -> None:
        """Deliveries are woken only for what is certain to be stored."""
        self._after_commit.append(callback)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing. An inner transaction joins the outer one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._depth = 1
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0
        for callback in self._after_commit:
            callback()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def save(self, document: Document, **private: Any) -> Document:
        """Insert or replace by id. `private` facts are added to those kept beside the document."""
        kept = {**self.private(document["id"]), **private}
        rows = self.execute(
            "INSERT INTO objects (id, kind, body, private) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body, private = excluded.private"
            " RETURNING seq",
            (document["id"], document["object"], json.dumps(document), json.dumps(kept)),
        )
        if document["object"] in dues.KINDS:
            self._note_due(rows[0][0], document, kept)
        return document

    def next_due(self, timeline: str, until: int) -> tuple[int, Document, Document] | None:
        """The earliest object to which something happens by itself: when, its body, its private facts."""
        rows = self.execute(
            "SELECT due_at, body, private FROM dues JOIN objects USING (seq)"
            " WHERE timeline = ? AND due_at <= ? ORDER BY due_at, seq LIMIT 1",
            (timeline, until),
        )
        return (rows[0][0], json.loads(rows[0][1]), json.loads(rows[0][2])) if rows else None

    def note_all_dues(self) -> None:
        """For a store whose objects were written before there was an index of dues."""
        marks = ", ".join("?" * len(dues.KINDS))
        sql = f"SELECT seq, body, private FROM objects WHERE kind IN ({marks})"  # noqa: S608  # Only question marks are put in.
        for seq, body, private in self.execute(sql, sorted(dues.KINDS)):
            self._note_due(seq, json.loads(body), json.loads(private))

    def _note_due(self, seq: int, document: Document, private: Document) -> None:
        due = None if document.get("deleted") else dues.due_of(document, private)
        if due is None:
            self.execute("DELETE FROM dues WHERE seq = ?", (seq,))
            return
        self.execute(
            "INSERT INTO dues VALUES (?, ?, ?) ON CONFLICT (seq) DO UPDATE SET due_at = excluded.due_at",
            (seq, dues.timeline_of(document), due.at),
        )

    def remove(self, object_id: str) -> None:
        self.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def bury(self, document: Document) -> Document:
        """Leave a stub of a deleted object: found by its id, and in no list any more."""
        self.execute(
            "UPDATE objects SET body = ?, kind = 'deleted_' || kind WHERE id = ?",
            (json.dumps(document), document["id"]),
        )
        return document

    def find(self, object_id: str) -> Document | None:
        rows = self.execute("SELECT body FROM objects WHERE id = ?", (object_id,))
        return json.loads(rows[0][0]) if rows else None

    def get(self, object_id: str) -> Document:
        """An object that must exist: the sandbox itself wrote the reference."""
        document = self.find(object_id)
        if document is None:
            raise KeyError(object_id)
        return document

    def private(self, object_id: str) -> Document:
        """What the sandbox knows of an object and Stripe's API would never show: its test card."""
        rows = self.execute("SELECT private FROM objects WHERE id = ?", (object_id,))
        return json.loads(rows[0][0]) if rows else {}

    def sequence(self, object_id: str, kind: str) -> int | None:
        """The place of an object in the history of its kind, for cursors."""
        rows = self.execute("SELECT seq FROM objects WHERE id = ? AND kind = ?", (object_id, kind))
        return rows[0][0] if rows else None

    def search(
        self,
        kind: str,
        conditions: Sequence[Condition | AnyOf] = (),
        *,
        older_than: int | None = None,
        newer_than: int | None = None,
        limit: int | None = None,
    ) -> list[Document]:
        """Newest first, as Stripe lists; with `newer_than`, the ones nearest to it, still newest first."""
        clauses: list[str] = ["kind = ?"]
        values: list[Any] = [kind]
        for condition in conditions:
            clause, clause_values = condition.to_sql()
            clauses.append(clause)
            values += clause_values
        if older_than is not None:
            clauses.append("seq < ?")
            values.append(older_than)
        if newer_than is not None:
            clauses.append("seq > ?")
            values.append(newer_than)
        direction = "ASC" if newer_than is not None else "DESC"
        rows = self.execute(
            f"SELECT body FROM objects WHERE {' AND '.join(clauses)} ORDER BY seq {direction} LIMIT ?",  # noqa: S608  # Only our own constants are put in.
            (*values, -1 if limit is None else limit),
        )
        found = [json.loads(row[0]) for row in rows]
        return found[::-1] if newer_than is not None else found
