"""Write a history in one transaction, block after block: while one is written, the next is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from secrets import token_bytes
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.models import Origin, Supporter
from donations.models.vault import Vault
from donations.services.demo.bulk import first_ids, hold_tables, insert, leave_ids
from donations.services.demo.campaigns import Place
from donations.services.demo.chronicle import Chronicle, Keys
from donations.services.demo.plan import DemoPlan, Written
from donations.services.demo.tables import COLUMNS, NUMBERED, Block
from donations.services.demo.upkeep import put_off_upkeep
from donations.services.demo.visits import write_visits
from donations.services.supporters import email_index_key

_BLOCK: Final = 1_000
"""Supporters that are held in memory at once, and as many that are drawn meanwhile."""
_SAMPLE: Final = 2_000

Progress = Callable[[int], None]
"""Told how many more supporters are done."""


def is_empty(session: Session) -> bool:
    """Whether nobody ever gave or tried to."""
    return session.scalar(select(Supporter.id).limit(1)) is None


def write(session: Session, vault: Vault, plan: DemoPlan, progress: Progress) -> Written:
    """All of it, in the transaction of `session`. Others who write wait until that ends, on PostgreSQL
    those who read, too."""
    hold_tables(session)
    keys = Keys(vault, email_index_key(session, vault))
    chronicle = Chronicle(plan, keys, _known_origins(session))
    next_ids, written = first_ids(session), Written()
    first_checkout = next_ids["checkout"]
    with put_off_upkeep(session, tuple(COLUMNS)), ThreadPoolExecutor(max_workers=1) as drawing:
        for block in _blocks(drawing, chronicle, next_ids, plan.supporters):
            for table, rows in block.rows.items():
                insert(session, table, rows)
                written.add(table, len(rows))
            next_ids = block.next_ids
            progress(len(block.rows["supporter"]))
    leave_ids(session, next_ids)
    written.add("visit_hour", write_visits(session, plan, first_checkout))
    return written


def estimate(vault: Vault, plan: DemoPlan) -> Written:
    """About how much would be written: what a sample comes to, so many times."""
    sample = replace(plan, supporters=min(plan.supporters, _SAMPLE))
    chronicle = Chronicle(sample, Keys(vault, token_bytes(32)), {})
    block = chronicle.block(dict.fromkeys(NUMBERED, 1), sample.supporters)
    written = Written()
    for table, rows in block.rows.items():
        is_bounded = table == "origin"
        times = 1 if is_bounded else plan.supporters / sample.supporters
        written.add(table, round(len(rows) * times))
    return written


def _blocks(
    drawing: Executor, chronicle: Chronicle, next_ids: dict[str, int], supporters: int
) -> Iterator[Block]:
    """In order. The database takes its time without us, so the next is drawn while one is written."""
    coming = drawing.submit(chronicle.block, next_ids, min(_BLOCK, supporters))
    while supporters > 0:
        block = coming.result()
        supporters -= len(block.rows["supporter"])
        if supporters > 0:
            coming = drawing.submit(chronicle.block, block.next_ids, min(_BLOCK, supporters))
        yield block


def _known_origins(session: Session) -> dict[Place, int]:
    return {
        Place(row.campaign, row.article, row.placement, row.variant): row.id
        for row in session.scalars(select(Origin))
    }
