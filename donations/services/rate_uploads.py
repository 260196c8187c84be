"""Uploaded tables of rates: kept while staff look through them, stored when they say so, once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donations.domain.ecb import EcbTable, Problem
from donations.domain.errors import NotFound
from donations.domain.rates import MonthRate
from donations.models import RateUpload
from donations.services.reference_rates import Fate, Recording, count_fates, store
from donations.services.references import new_reference

KEPT_FOR: Final = timedelta(days=30)
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An upload and what was read of its file."""

    row: RateUpload
    table: EcbTable


def keep(session: Session, table: EcbTable, *, file_name: str, by: int | None, now: datetime) -> RateUpload:
    """Keep what was read of a file until somebody confirms it; older uploads are forgotten."""
    session.execute(delete(RateUpload).where(RateUpload.uploaded_at < now - KEPT_FOR))
    row = RateUpload(
        reference=new_reference(),
        file_name=named(file_name),
        content=_packed(table),
        uploaded_at=now,
        uploaded_by=by,
    )
    session.add(row)
    session.flush()
    return row


def get(session: Session, reference: str) -> Uploaded:
    """Raises NotFound."""
    row = session.scalar(select(RateUpload).where(RateUpload.reference == reference))
    if row is None:
        raise NotFound("upload")
    return Uploaded(row, _unpacked(row.content))


def confirm(session: Session, reference: str, recording: Recording, *, replaces: bool) -> RateUpload:
    """Store its rates, unless that was done before. Raises NotFound, RatesChanged."""
    row = session.scalar(select(RateUpload).where(RateUpload.reference == reference).with_for_update())
    if row is None:
        raise NotFound("upload")
    if row.stored_at is None:
        lines = store(session, _unpacked(row.content).rates, recording, replaces=replaces)
        fates = count_fates(lines)
        row.stored_at, row.added, row.replaced = recording.now, fates[Fate.ADDED], fates[Fate.REPLACED]
    return row


def named(file_name: str) -> str:
    """The name of a file without its folders and without what cannot be printed."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if each.isprintable()).strip()[:_LONGEST_NAME] or "table.csv"


def _packed(table: EcbTable) -> str:
    return json.dumps(
        {
            "rates": [
                (each.month.isoformat(), each.currency, each.per_euro, each.days) for each in table.rates
            ],
            "problems": [(each.line, each.reason) for each in table.problems],
            "left_out": table.left_out,
        }
    )


def _unpacked(content: str) -> EcbTable:
    found: Any = json.loads(content)
    return EcbTable(
        rates=tuple(MonthRate(date.fromisoformat(month), *rest) for month, *rest in found["rates"]),
        problems=tuple(Problem(line, reason) for line, reason in found["problems"]),
        left_out=tuple(found["left_out"]),
    )
