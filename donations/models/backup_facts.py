"""What a database says of itself in a backup's manifest, whatever its schema's age."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from donations.domain.backups import DatabaseKind

Query = Callable[[str], Sequence[Sequence[Any]]]
"""Runs one statement and gives its rows: a copy is read without SQLAlchemy, which would set it up."""

COUNTED: Final = (
    "supporter", "checkout", "donation", "subscription", "refund", "dispute", "adjustment", "movement",
    "gift_change", "stripe_event", "stripe_object", "outbox_message", "issued_document", "staff_user",
    "audit_entry",
)  # fmt: skip
"""Without rows in any of these, a database is empty: the others hold what they make possible."""
_TABLES: Final = {
    DatabaseKind.SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table'",
    DatabaseKind.POSTGRESQL: "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}
_ERASED: Final = (
    "SELECT reference FROM supporter WHERE erased_at IS NOT NULL"
    " UNION SELECT reference FROM supporter JOIN erasure ON erasure.supporter_id = supporter.id"
    " ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """`revision` is None for a database that was never set up."""

    revision: str | None
    rows: Mapping[str, int]
    erased: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not any(self.rows.values())


def facts_of(query: Query, kind: DatabaseKind) -> Facts:
    """One look at all of it: hand in a `query` that sees one state."""
    tables = {str(name) for (name,) in query(_TABLES[kind])}
    found = query("SELECT version_num FROM alembic_version") if "alembic_version" in tables else ()
    knows_erasures = {"supporter", "erasure"} <= tables
    return Facts(
        revision=str(found[0][0]) if found else None,
        rows={
            table: int(query(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - our own names
            for table in COUNTED
            if table in tables
        },
        erased=tuple(str(reference) for (reference,) in query(_ERASED)) if knows_erasures else (),
    )
