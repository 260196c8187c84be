"""Invoices without a subscription: what Stripe's CLI makes to show what happens to one."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.money import SETTLEMENT_CURRENCY
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects import invoice_item, metadata
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update

_PLAIN = ("auto_advance", "description", "footer")


def create_item(call: Call) -> Document:
    given = call.parameters
    customer = referenced(call.world, "customer", given["customer"], "customer")
    for name in ("amount", "currency"):
        if name not in given:
            raise missing(name)
    draft = None
    if "invoice" in given:
        draft = referenced(call.world, "invoice", given["invoice"], "invoice")
        _check_takes(draft, customer, given["currency"])
    world = in_time_of(call.world, customer)
    item = invoice_item.new_item(world, customer, given)
    emit(world, "invoiceitem.created", item)
    if draft:
        longer = world.store.save(invoices.with_line(draft, invoice_item.line_of(item)))
        emit_update(world, "invoice.updated", draft, longer)
    return item


def _check_takes(draft: Document, customer: Document, currency: str) -> None:
    if draft["status"] != "draft":
        raise invalid("The invoice is no longer editable.", "invoice", "invoice_not_editable")
    if draft["customer"] != customer["id"]:
        raise invalid(f"The invoice {draft['id']} belongs to another customer.", "invoice")
    if draft["currency"] != currency:
        raise invalid(f"The currency of the invoice is {draft['currency']}.", "currency")


def delete_item(call: Call) -> Document:
    item = required(call.world, invoice_item.KIND, call.path["invoiceitem"], "invoiceitem")
    invoice = call.world.store.find(item["invoice"]) if item["invoice"] else None
    if invoice and invoice["status"] != "draft":
        raise ApiError("You may not delete an invoice item that is on a finalized invoice.")
    emit(call.world, "invoiceitem.deleted", item)
    call.world.store.remove(item["id"])
    return {"id": item["id"], "object": invoice_item.KIND, "deleted": True}


def create(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(
        given,
        [*_PLAIN, "collection_method", "currency", "customer", "metadata", "pending_invoice_items_behavior"],
    )
    if not given.get("customer"):
        raise missing("customer")
    if given.get("collection_method", "charge_automatically") != "charge_automatically":
        raise invalid("The sandbox sends no invoices.", "collection_method")
    customer = referenced(call.world, "customer", given["customer"], "customer")
    world = in_time_of(call.world, customer)
    items: list[Document] = []
    if given.get("pending_invoice_items_behavior") == "include":
        items = invoice_item.waiting_items(world, customer["id"], given.get("currency"))
    currency = items[0]["currency"] if items else given.get("currency", SETTLEMENT_CURRENCY)
    lines = [invoice_item.line_of(item) for item in items]
    draft = invoices.manual_draft(world, customer, currency, lines)
    draft["metadata"] = metadata.checked(given.get("metadata"))
    draft.update({name: given[name] for name in _PLAIN if name in given})
    for item in items:
        world.store.save({**item, "invoice": draft["id"]})
    emit(world, "invoice.created", world.store.save(draft))
    return draft


def update(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, [*_PLAIN, "metadata"])
    before = required(call.world, "invoice", call.path["invoice"], "invoice")
    if before["status"] != "draft" and set(given) - {"auto_advance", "expand", "metadata"}:
        raise ApiError("Finalized invoices can't be updated in this way", code="invoice_not_editable")
    after = {**before, **{name: given[name] for name in _PLAIN if name in given}}
    if "metadata" in given:
        added = given["metadata"]
        after["metadata"] = {} if added is None else metadata.merged(before["metadata"], added)
    call.world.store.save(after)
    emit_update(call.world, "invoice.updated", before, after)
    return after


def delete(call: Call) -> Document:
    """Only a draft that no subscription made can go; its items wait for another invoice."""
    world = call.world
    draft = required(world, "invoice", call.path["invoice"], "invoice")
    if draft["status"] != "draft":
        raise ApiError(
            f"You can only delete draft invoices. This invoice has a status of {draft['status']}.",
            code="invoice_not_editable",
        )
    if draft["parent"]:
        raise ApiError("You can't delete invoices created by subscriptions.", code="invoice_not_editable")
    for item in world.store.search(invoice_item.KIND, [Condition("invoice", draft["id"])]):
        world.store.save({**item, "invoice": None})
    emit(world, "invoice.deleted", draft)
    world.store.remove(draft["id"])
    return {"id": draft["id"], "object": "invoice", "deleted": True}


def list_lines(call: Call) -> Document:
    invoice = required(call.world, "invoice", call.path["invoice"], "invoice")
    refuse_all_but(call.parameters, ["limit"])
    lines: list[Document] = invoice["lines"]["data"]
    limit = call.parameters.get("limit", 10)
    return {**invoice["lines"], "data": lines[:limit], "has_more": len(lines) > limit}
