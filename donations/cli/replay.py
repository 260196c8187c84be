"""`donations stripe replay`: have objects looked at again, by the events about them or because they were set
aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click
from rich.progress import track
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.cli.context import console, in_application
from donations.cli.since import Since, instant_of
from donations.domain.errors import NotFound
from donations.gateway.kinds import ObjectKind
from donations.models import StripeEvent, StripeObject
from donations.models.database import reading, writing
from donations.reports.words import counted
from donations.runtime import current
from donations.services import inbox

_AT_ONCE: Final = 100
_NAMED: Final = 20

Object = tuple[ObjectKind, str]


@click.command()
@click.argument("event_ids", nargs=-1)
@click.option("--type", "event_type", help="Every event of this type, such as invoice.paid.")
@click.option("--since", type=Since(), help="Every event since then: a day, or back from now, like 12h.")
@click.option("--quarantined", is_flag=True, help="Every object that was given up (--since: when it was).")
@click.option("--dry-run", is_flag=True, help="Say what would be looked at, and do nothing.")
@in_application
def replay(
    event_ids: tuple[str, ...], event_type: str | None, since: str | None, *, quarantined: bool, dry_run: bool
) -> None:
    """Have the objects looked at again that these events were about, or that were given up.

    Each object once, whatever the number of its events.
    """
    if not (event_ids or event_type or since or quarantined):
        raise click.UsageError("Name events, or say --type, --since or --quarantined.")
    if event_ids and (event_type or since or quarantined):
        raise click.UsageError("Either name events, or say which ones are meant.")
    if quarantined and event_type:
        raise click.UsageError("--type is of events, --quarantined of objects.")
    with reading() as session:
        if event_ids:
            found = {_find_event(session, event_id) for event_id in event_ids}
        elif quarantined:
            found = _given_up(session, since)
        else:
            found = _of_events(session, event_type, since)
    _replay(sorted(found), dry_run=dry_run)


def _replay(found: Sequence[Object], *, dry_run: bool) -> None:
    for kind, stripe_id in found[:_NAMED]:
        console.print(f"{'Would look' if dry_run else 'To be looked'} at {kind} {stripe_id}.")
    if len(found) > _NAMED:
        console.print(f"And at {counted(len(found) - _NAMED, 'other')}.")
    if not found:
        console.print("Nothing is to be looked at.")
    if dry_run or not found:
        return
    batches = range(0, len(found), _AT_ONCE)
    for begin in track(batches, "Marking", console=console, transient=True):
        with writing() as session:
            for kind, stripe_id in found[begin : begin + _AT_ONCE]:
                inbox.mark(session, kind, stripe_id, current().now())
    current().wake()


def _of_events(session: Session, event_type: str | None, since: str | None) -> set[Object]:
    chosen: list[ColumnElement[bool]] = [StripeEvent.object_kind.is_not(None)]
    if event_type:
        chosen.append(StripeEvent.type == event_type)
    if since:
        chosen.append(StripeEvent.received_at >= instant_of(since))
    objects = select(StripeEvent.object_kind, StripeEvent.stripe_object_id).where(*chosen).distinct()
    return {
        (ObjectKind(kind), stripe_id) for kind, stripe_id in session.execute(objects) if kind and stripe_id
    }


def _given_up(session: Session, since: str | None) -> set[Object]:
    chosen: list[ColumnElement[bool]] = [StripeObject.quarantined_at.is_not(None)]
    if since:
        chosen.append(StripeObject.quarantined_at >= instant_of(since))
    objects = select(StripeObject.kind, StripeObject.stripe_id).where(*chosen)
    return {(ObjectKind(kind), stripe_id) for kind, stripe_id in session.execute(objects)}


def _find_event(session: Session, event_id: str) -> Object:
    row = session.scalar(select(StripeEvent).where(StripeEvent.stripe_event_id == event_id))
    if row is None:
        raise NotFound(f"event: {event_id}")
    if row.object_kind is None or row.stripe_object_id is None:
        raise click.ClickException(f"{event_id} ({row.type}) is about nothing that we follow.")
    return ObjectKind(row.object_kind), row.stripe_object_id
