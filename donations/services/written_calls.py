"""Calls to Stripe that are written down before they are made, whatever they are about.

Whoever writes one makes it at once, and it is leased to them meanwhile. Where they died or no answer
came, whoever finds it due makes the same call again with the same key, for as long as Stripe surely
knows the key. After that the same call would be a new one, so Stripe is only looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.written_calls import CallStatus
from donations.models.insert import insert_if_absent
from donations.models.written_call import WrittenCall
from donations.services.references import new_reference

ASKING_LASTS: Final = timedelta(seconds=60)
"""More than a call to Stripe can take, its further tries included; then somebody else may make it."""
KEY_LASTS: Final = timedelta(hours=23)
"""Stripe may forget a key after 24 hours, and would then take the same call for a new one."""
LONGEST_WAIT: Final = timedelta(hours=1)
"""Between two looks for what a call that was never answered has done."""
_LONGEST_PROBLEM: Final = 255

Row = TypeVar("Row", bound=WrittenCall)


def write(session: Session, model: type[Row], values: Mapping[str, Any]) -> tuple[Row, bool]:
    """The call that `values` describe, or the one that the same nonce wrote before; and whether it is new."""
    is_new = insert_if_absent(session, model, dict(values))
    return session.scalars(select(model).where(model.nonce == values["nonce"])).one(), is_new


def first_columns(
    nonce: str, parameters: Mapping[str, Any], now: datetime, reference: str | None = None
) -> dict[str, Any]:
    """What a call that was not made yet says of itself."""
    return {
        "reference": reference or new_reference(),
        "status": CallStatus.ASKING,
        "nonce": nonce,
        "idempotency_key": new_reference(),
        "parameters": json.dumps(dict(parameters), sort_keys=True),
        "tries": 0,
        "next_try_at": now + ASKING_LASTS,
        "created_at": now,
    }


def claim(session: Session, model: type[Row], limit: int, now: datetime) -> list[Row]:
    """Lease calls that must be made, or made again with the same key."""
    due = (
        select(model)
        .where(*_is_due(model, now))
        .order_by(model.next_try_at, model.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(due))
    for row in rows:
        row.next_try_at = now + ASKING_LASTS
    return rows


def is_any_due(session: Session, model: type[WrittenCall], now: datetime) -> bool:
    return session.scalar(select(model.id).where(*_is_due(model, now)).limit(1)) is not None


def find(session: Session, model: type[Row], reference: str) -> Row | None:
    return session.scalar(select(model).where(model.reference == reference))


def get(session: Session, model: type[Row], reference: str) -> Row:
    """Locked, for whoever writes an answer down."""
    return session.scalars(select(model).where(model.reference == reference).with_for_update()).one()


def may_be_made(created_at: datetime, now: datetime) -> bool:
    """Whether Stripe surely knows the key still, so that the same call has one effect."""
    return now - created_at <= KEY_LASTS


def answer(row: WrittenCall, status: CallStatus, problem: str | None, now: datetime) -> bool:
    """The first answer counts: a repeated call is answered like the first. True where this is the first."""
    if row.status is not CallStatus.ASKING:
        return False
    row.status, row.answered_at = status, now
    row.problem = None if problem is None else problem[:_LONGEST_PROBLEM]
    return True


def put_off(row: WrittenCall, problem: str, again_at: datetime) -> None:
    """No answer came, or none that settles it."""
    if row.status is CallStatus.ASKING:
        row.tries += 1
        row.next_try_at = again_at
        row.problem = problem[:_LONGEST_PROBLEM]


def _is_due(model: type[WrittenCall], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return model.status == CallStatus.ASKING, model.next_try_at <= now
