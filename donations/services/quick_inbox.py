"""Take in a notice as `services.inbox.receive` does, in one round trip to the database.

On PostgreSQL event and ticket are one statement, which is a transaction by itself: the ticket is inserted
from what the event's INSERT returns, so an event that was there already marks nothing. SQLite has no
statement that does both, and no round trips either: there it is two, in one transaction.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Connection, Dialect, FromClause, Select, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from donations.gateway.notices import Notice
from donations.models import Disposition, StripeEvent, StripeObject
from donations.models.insert import table_of
from donations.models.ready import ReadyStatement, parameters_for
from donations.services.inbox import Received, envelope, first_ticket, judge, on_news

_EVENTS: Final = table_of(StripeEvent)
_TICKETS: Final = table_of(StripeObject)
_OF_EVENT: Final = {name: column for name, column in _EVENTS.c.items() if name != "id"}


def receive(connection: Connection, notice: Notice, now: datetime, *, expects_live: bool) -> Received:
    """Keep the envelope and mark its object. `connection` is one of `models.database.at_once`."""
    disposition, note = judge(notice, expects_live=expects_live)
    values = envelope(notice, disposition, note, now)
    if connection.dialect.name == "postgresql":
        is_new = _whole(connection.dialect).first(connection, values) == (True,)
    else:
        is_new = _one_after_the_other(connection, values)
    is_marked = is_new and disposition is Disposition.MARKED
    return Received(is_new=is_new, is_marked=is_marked, disposition=disposition)


@lru_cache(maxsize=4)
def _whole(dialect: Dialect) -> ReadyStatement:
    return ReadyStatement(_event_and_ticket(), dialect)


def _event_and_ticket() -> Select[bool]:
    """Whether the event was new, once it is kept and its object is marked."""
    inserted = postgresql.insert(_EVENTS).values(parameters_for(_OF_EVENT)).on_conflict_do_nothing()
    told = ("disposition", "object_kind", "stripe_object_id", "received_at")
    event = cast("FromClause", inserted.returning(*(_EVENTS.c[name] for name in told)).cte("event"))
    first = first_ticket(event.c.object_kind, event.c.stripe_object_id, event.c.received_at)
    marked = select(*first.values()).where(event.c.disposition == Disposition.MARKED)
    ticket = on_news(postgresql.insert(_TICKETS).from_select(list(first), marked))
    return select(exists(select(event.c.disposition))).add_cte(ticket.cte("ticket"))


def _one_after_the_other(connection: Connection, values: dict[str, Any]) -> bool:
    event, ticket = _pair(connection.dialect)
    if event.first(connection, values) is None:
        return False
    if values["disposition"] is Disposition.MARKED:
        first = first_ticket(values["object_kind"], values["stripe_object_id"], values["received_at"])
        ticket.first(connection, first)
    return True


@lru_cache(maxsize=4)
def _pair(dialect: Dialect) -> tuple[ReadyStatement, ReadyStatement]:
    event = sqlite.insert(_EVENTS).values(parameters_for(_OF_EVENT)).on_conflict_do_nothing()
    columns = {name: _TICKETS.c[name] for name in first_ticket(None, None, None)}
    ticket = on_news(sqlite.insert(_TICKETS).values(parameters_for(columns)))
    returning = event.returning(_EVENTS.c.id), ticket.returning(_TICKETS.c.generation)
    return ReadyStatement(returning[0], dialect), ReadyStatement(returning[1], dialect)
