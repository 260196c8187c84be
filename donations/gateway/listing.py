"""Listing what Stripe has, newest first: one call a page, with what each page can bring in the same call.

Nothing personal is read of what is listed, and nothing is believed of it: it only shows where our rows
may be behind, and the object itself is then fetched by the one path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

import stripe

from donations.gateway import payments, recurring
from donations.gateway.errors import UnexpectedAnswer
from donations.gateway.fields import Fields
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine, Listed, Page, T
from donations.gateway.notices import Notice, notice_of
from donations.gateway.snapshots import Snapshot

_PAGE: Final = 100
_ListCall = Callable[[stripe.V1Services, dict[str, Any]], stripe.ListObject[Any]]

_LISTS: Final[Mapping[ObjectKind, _ListCall]] = {
    ObjectKind.CHECKOUT_SESSION: lambda v1, wanted: v1.checkout.sessions.list(cast("Any", wanted)),
    ObjectKind.PAYMENT_INTENT: lambda v1, wanted: v1.payment_intents.list(cast("Any", wanted)),
    ObjectKind.SUBSCRIPTION: lambda v1, wanted: v1.subscriptions.list(cast("Any", wanted)),
    ObjectKind.INVOICE: lambda v1, wanted: v1.invoices.list(cast("Any", wanted)),
    ObjectKind.REFUND: lambda v1, wanted: v1.refunds.list(cast("Any", wanted)),
    ObjectKind.DISPUTE: lambda v1, wanted: v1.disputes.list(cast("Any", wanted)),
}
_READERS: Final[Mapping[ObjectKind, Callable[[Fields], Snapshot]]] = {
    ObjectKind.CHECKOUT_SESSION: payments.checkout_session,
    ObjectKind.PAYMENT_INTENT: lambda fields: payments.payment_intent(fields, None),
    ObjectKind.SUBSCRIPTION: recurring.subscription,
    ObjectKind.INVOICE: lambda fields: recurring.invoice(fields, ()),
    ObjectKind.REFUND: payments.refund,
    ObjectKind.DISPUTE: payments.dispute,
}
_EXPANDED: Final[Mapping[ObjectKind, list[str]]] = {
    ObjectKind.PAYMENT_INTENT: ["data.latest_charge.balance_transaction"],
    ObjectKind.SUBSCRIPTION: [
        "data.default_payment_method",
        "data.customer.invoice_settings.default_payment_method",
    ],
}
LISTED_KINDS: Final = frozenset(_LISTS)


def objects(v1: stripe.V1Services, kind: ObjectKind, since: datetime, after: str | None) -> Page[Listed]:
    """One page of a kind, created since then. Of subscriptions: those whose period began since, ended
    ones too, which takes in what was created long ago and is still charged."""
    wanted = _page_of(since, after, "current_period_start" if kind is ObjectKind.SUBSCRIPTION else "created")
    if kind is ObjectKind.SUBSCRIPTION:
        wanted["status"] = "all"
    if kind in _EXPANDED:
        wanted["expand"] = _EXPANDED[kind]
    return _read(_LISTS[kind](v1, wanted), kind.value, lambda fields: _listed(kind, fields))


def events(v1: stripe.V1Services, since: datetime, after: str | None) -> Page[Notice]:
    """One page of events; Stripe has them for 30 days."""
    answer = v1.events.list(cast("Any", _page_of(since, after, "created")))
    page = [notice_of(cast("Any", each).to_dict()) for each in answer.data]
    return Page(tuple(page), page[-1].event_id if answer.has_more and page else None)


def balance(v1: stripe.V1Services, since: datetime, after: str | None) -> Page[BalanceLine]:
    """One page of what moved on our balance."""
    wanted = _page_of(since, after, "created") | {"expand": ["data.source"]}
    return _read(v1.balance_transactions.list(cast("Any", wanted)), "balance_transaction", _line)


def _page_of(since: datetime, after: str | None, bounded: str) -> dict[str, Any]:
    cursor = {} if after is None else {"starting_after": after}
    return {bounded: {"gte": int(since.timestamp())}, "limit": _PAGE, **cursor}


def _read(answer: stripe.ListObject[Any], name: str, read: Callable[[Fields], T]) -> Page[T]:
    rows = [Fields(each.to_dict(), name) for each in answer.data]
    cursor = rows[-1].text("id") if answer.has_more and rows else None
    return Page(tuple(read(each) for each in rows), cursor)


def _listed(kind: ObjectKind, fields: Fields) -> Listed:
    stripe_id = fields.text("id")
    try:
        return Listed(kind, stripe_id, _READERS[kind](fields))
    except UnexpectedAnswer:
        return Listed(kind, stripe_id, None)


def _line(fields: Fields) -> BalanceLine:
    source_id = fields.maybe_id_of("source")
    source = None if source_id is None else fields.nested("source")
    return BalanceLine(
        id=fields.text("id"),
        type=fields.text("type"),
        currency=fields.text("currency"),
        amount=fields.whole("amount"),
        fee=fields.whole("fee"),
        net=fields.whole("net"),
        source_id=source_id,
        payment_intent_id=None if source is None else source.maybe_id_of("payment_intent"),
        created_at=fields.instant("created"),
    )
