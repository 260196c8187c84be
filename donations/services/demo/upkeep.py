"""Have PostgreSQL check and index all new rows together at the end, and not each as it comes.

A foreign key is checked by a query for each row, an index is descended for each, and a line of news is
written for each that the sums will be built from anyway: together that is most of the work. Everything is in
one transaction, so the tables are never seen without their constraints, and a row that breaks one ends it
all. SQLite has no such way, and keeps them up row by row.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from donations.models.rollups import RollupState

_MEMORY: Final = "128MB"
"""For sorting what an index is built from."""

_OF_TABLES: Final = "= ANY (SELECT CAST(name AS regclass) FROM unnest(CAST(:tables AS text[])) AS name)"

_CONSTRAINTS: Final = f"""
    SELECT 'ALTER TABLE ' || CAST(c.conrelid AS regclass) || ' DROP CONSTRAINT ' || quote_ident(c.conname),
           'ALTER TABLE ' || CAST(c.conrelid AS regclass) || ' ADD CONSTRAINT ' || quote_ident(c.conname)
           || ' ' || pg_get_constraintdef(c.oid)
    FROM pg_constraint AS c WHERE c.conrelid {_OF_TABLES} AND c.contype = :kind
    AND NOT EXISTS (SELECT FROM pg_constraint AS other WHERE other.contype = 'f'
                    AND other.conindid = c.conindid AND other.conrelid <> c.conrelid AND c.contype = 'u')
    ORDER BY 1
"""  # noqa: S608 - our own words
_INDEXES: Final = f"""
    SELECT 'DROP INDEX ' || CAST(i.indexrelid AS regclass), pg_get_indexdef(i.indexrelid)
    FROM pg_index AS i WHERE i.indrelid {_OF_TABLES}
    AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
    ORDER BY 1
"""  # noqa: S608 - our own words
_NEWS: Final = f"""
    SELECT 'ALTER TABLE ' || CAST(t.tgrelid AS regclass) || ' DISABLE TRIGGER ' || quote_ident(t.tgname),
           'ALTER TABLE ' || CAST(t.tgrelid AS regclass) || ' ENABLE TRIGGER ' || quote_ident(t.tgname)
    FROM pg_trigger AS t WHERE t.tgrelid {_OF_TABLES} AND starts_with(t.tgname, 'rollup_news_of_')
    ORDER BY 1
"""  # noqa: S608 - our own words


@contextmanager
def put_off_upkeep(session: Session, tables: Sequence[str]) -> Generator[None]:
    """Within it, rows are only appended; at its end they are checked and indexed, and the sums of reports
    are to be built anew. Others who read these tables wait until the transaction ends."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    session.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
    session.execute(text("SELECT set_config('maintenance_work_mem', :memory, true)"), {"memory": _MEMORY})
    put_off = [
        *_found(session, tables, _CONSTRAINTS, kind="f"),
        *_found(session, tables, _CONSTRAINTS, kind="u"),
        *_found(session, tables, _INDEXES),
        *_found(session, tables, _NEWS),
    ]
    for stop, _ in put_off:
        session.execute(text(stop))
    yield
    # What was put off last comes first, so that foreign keys find the indexes that they need.
    for _, resume in reversed(put_off):
        session.execute(text(resume.replace(":", r"\:")))
    session.execute(update(RollupState).values(zones=""))


def _found(session: Session, tables: Sequence[str], query: str, **words: str) -> list[tuple[str, str]]:
    """How each is stopped, and how it is resumed."""
    found = session.execute(text(query), {"tables": list(tables), **words})
    return [(stop, resume) for stop, resume in found]
