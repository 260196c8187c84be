"""`donations stripe`: what Stripe told us, what waits, and looking again by hand."""

from __future__ import annotations

import click
from rich.table import Table
from sqlalchemy import ColumnElement, select, true

from donations.cli.context import console, in_application, screen
from donations.cli.reconcile import drift, reconcile
from donations.cli.replay import replay
from donations.gateway.kinds import ObjectKind, kind_of_id
from donations.models import StripeEvent, StripeObject
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import inbox


@click.group()
def stripe() -> None:
    """What Stripe told us, and looking again."""


@stripe.command()
@click.argument("stripe_ids", nargs=-1, required=True)
@in_application
def sync(stripe_ids: tuple[str, ...]) -> None:
    """Have objects looked at again, by their Stripe ids (cs_…, pi_…, sub_…, re_…)."""
    kinds = {stripe_id: _kind_of(stripe_id) for stripe_id in stripe_ids}
    with writing() as session:
        for stripe_id, kind in kinds.items():
            inbox.mark(session, kind, stripe_id, current().now())
    current().wake()
    console.print(f"{len(kinds)} to be looked at by the worker.")


@stripe.command()
@click.option("--type", "event_type", help="Only this type, such as invoice.paid.")
@click.option("--about", help="Only events about this Stripe id.")
@click.option("--limit", default=50, show_default=True)
@click.option("--page", default=1, show_default=True, type=click.IntRange(1))
@in_application
def events(event_type: str | None, about: str | None, limit: int, page: int) -> None:
    """List the events that were received, newest first."""
    statement = (
        select(StripeEvent)
        .where(StripeEvent.type == event_type if event_type else true())
        .where(StripeEvent.stripe_object_id == about if about else true())
        .order_by(StripeEvent.id.desc())
        .limit(limit)
        .offset((page - 1) * limit)
    )
    table = Table("received", "event", "type", "about", "became", "note")
    with reading() as session:
        for row in session.scalars(statement):
            when = row.received_at.isoformat(" ", "seconds")
            became, note = row.disposition.value, row.note or ""
            table.add_row(when, row.stripe_event_id, row.type, row.stripe_object_id or "–", became, note)
    screen().print(table if table.row_count else "No event was received.")


@stripe.command()
@click.option("--quarantined", is_flag=True, help="Only what was given up.")
@in_application
def waiting(quarantined: bool) -> None:
    """List the objects that wait to be looked at, and those that were given up, with the reason."""
    is_given_up = StripeObject.quarantined_at.is_not(None)
    chosen: ColumnElement[bool] = (
        is_given_up if quarantined else is_given_up | (StripeObject.applied < StripeObject.generation)
    )
    table = Table("object", "marked", "tries", "next try", "state", "problem")
    with reading() as session:
        for row in session.scalars(select(StripeObject).where(chosen).order_by(StripeObject.marked_at)):
            state = "given up" if row.quarantined_at else "waits"
            table.add_row(
                row.stripe_id,
                row.marked_at.isoformat(" ", "seconds"),
                str(row.tries),
                row.next_try_at.isoformat(" ", "seconds"),
                state,
                row.problem or "",
            )
    screen().print(table if table.row_count else "Nothing waits.")


def _kind_of(stripe_id: str) -> ObjectKind:
    kind = kind_of_id(stripe_id)
    if kind is None:
        raise click.BadParameter(f"{stripe_id!r} is not the id of an object that we follow.")
    return kind


for _command in (reconcile, drift, replay):
    stripe.add_command(_command)
