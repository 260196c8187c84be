"""A subscription's own life: it is announced, billed, charged and ended without anybody asking.

Days before: invoice.upcoming. At the end of a period: customer.subscription.updated, invoice.created;
an hour later: invoice.finalized and what `collect` tells. Each step is taken at the instant at which
it is due, in a world whose time stands still there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from donations.sandbox import dues
from donations.sandbox.document import Document
from donations.sandbox.dues import What
from donations.sandbox.flows import phases
from donations.sandbox.flows.collect import collect, method_for
from donations.sandbox.objects import checkout_session
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects.invoice_line import line_of_item
from donations.sandbox.objects.subscription import end_now, with_next_period
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

Step = Callable[[World, Document], object]


def take_step(world: World, document: Document, what: What) -> None:
    _STEPS[document["object"], what](world, document)


def begin_cycle(world: World, before: Document) -> tuple[Document, Document]:
    """The next period and the draft that bills it. Saves both and emits nothing."""
    entered = phases.entered_by(world, before, before["items"]["data"][0]["current_period_end"])
    after = with_next_period(entered)
    if before["status"] == "trialing":
        after["status"] = "active"
    pause = before["pause_collection"]
    draft = draft_cycle(
        world,
        after,
        period_start=before["items"]["data"][0]["current_period_start"],
        advances=before["status"] != "unpaid" and (pause is None or pause["behavior"] != "keep_as_draft"),
    )
    after["latest_invoice"] = draft["id"]
    return world.store.save(after), draft


def draft_cycle(
    world: World, subscription: Document, *, period_start: int, advances: bool = True
) -> Document:
    """Bill the current period, with what was left over from changes of price."""
    pending: list[Document] = world.store.private(subscription["id"]).get("pending_lines", [])
    lines = [line_of_item(subscription, item) for item in subscription["items"]["data"]]
    draft = invoices.new_draft(
        world,
        subscription,
        world.store.get(subscription["customer"]),
        reason="subscription_cycle",
        period_start=period_start,
        lines=pending + lines,
        finalizes_at=world.now() + invoices.SECONDS_AS_DRAFT,
        advances=advances,
    )
    if pending:
        world.store.save(subscription, pending_lines=[])
    return draft


def finalize(world: World, draft: Document) -> Document:
    """Draft becomes open, and the customer's balance is used up."""
    before = world.store.get(draft["customer"])
    after = {**before}
    opened = invoices.finalize(world, draft, after)
    emit(world, "invoice.finalized", opened)
    if after["balance"] != before["balance"]:
        emit_update(world, "customer.updated", before, after)
    return opened


def finalize_and_collect(world: World, draft: Document) -> Document:
    return collect(world, finalize(world, draft))


def _renew(world: World, before: Document) -> None:
    if before["status"] == "trialing" and _lacks_method(world, before):
        wanted = before["trial_settings"]["end_behavior"]["missing_payment_method"]
        if wanted == "cancel":
            end_now(world, before, None)
            return
        if wanted == "pause":
            paused = world.store.save({**before, "status": "paused"})
            emit_update(world, "customer.subscription.updated", before, paused)
            emit(world, "customer.subscription.paused", paused)
            return
    after, draft = begin_cycle(world, before)
    emit_update(world, "customer.subscription.updated", before, after)
    emit(world, "invoice.created", draft)
    pause = after["pause_collection"]
    if pause and pause["behavior"] != "keep_as_draft":
        _set_aside(world, draft, pause["behavior"])


def _set_aside(world: World, draft: Document, behavior: str) -> None:
    """While collection is paused, an invoice is closed as soon as there is one."""
    opened = finalize(world, draft)
    status = {"void": "void", "mark_uncollectible": "uncollectible"}[behavior]
    type = {"void": "invoice.voided", "uncollectible": "invoice.marked_uncollectible"}[status]
    emit(world, type, invoices.close(world, opened, status))


def _lacks_method(world: World, subscription: Document) -> bool:
    parent = {"parent": {"subscription_details": {"subscription": subscription["id"]}}}
    return method_for(world, {**parent, "customer": subscription["customer"]}) is None


def _announce(world: World, subscription: Document) -> None:
    item = subscription["items"]["data"][0]
    world.store.save(subscription, announced=item["current_period_end"])
    planned = phases.as_of(world, subscription, item["current_period_end"])
    invoice = invoices.upcoming(
        world,
        with_next_period({**planned, "status": "active"}),
        world.store.get(subscription["customer"]),
        item["current_period_start"],
    )
    emit(world, "invoice.upcoming", invoice)


def _warn_of_trial_end(world: World, subscription: Document) -> None:
    world.store.save(subscription, warned_of=subscription["items"]["data"][0]["current_period_end"])
    emit(world, "customer.subscription.trial_will_end", subscription)


def _resume_collection(world: World, before: Document) -> None:
    after = world.store.save({**before, "pause_collection": None})
    emit_update(world, "customer.subscription.updated", before, after)


def _change_phase(world: World, before: Document) -> None:
    after = phases.entered_by(world, before, world.now())
    emit_update(world, "customer.subscription.updated", before, after)


def _cancel(world: World, subscription: Document) -> None:
    end_now(world, subscription, subscription["cancellation_details"]["reason"])


def _expire_incomplete(world: World, before: Document) -> None:
    """Nobody completed the first payment within 23 hours."""
    after = {**before, "ended_at": world.now(), "status": "incomplete_expired"}
    emit_update(world, "customer.subscription.updated", before, world.store.save(after))
    invoice = world.store.find(before["latest_invoice"] or "")
    if invoice and invoice["status"] == "open":
        emit(world, "invoice.voided", invoices.close(world, invoice, "void"))


_STEPS: Mapping[tuple[str, What], Step] = {
    ("checkout.session", What.EXPIRE): checkout_session.expire_now,
    ("invoice", What.FINALIZE): finalize_and_collect,
    ("invoice", What.RETRY): collect,
    ("subscription", What.ANNOUNCE): _announce,
    ("subscription", What.CANCEL): _cancel,
    ("subscription", What.CHANGE_PHASE): _change_phase,
    ("subscription", What.EXPIRE): _expire_incomplete,
    ("subscription", What.RENEW): _renew,
    ("subscription", What.RESUME): _resume_collection,
    ("subscription", What.WARN_OF_TRIAL_END): _warn_of_trial_end,
}


def run_next(world: World, timeline: str, until: int) -> bool:
    """Take the earliest step that is due on a timeline until an instant, in the caller's transaction."""
    found = world.store.next_due(timeline, until)
    if found is None:
        return False
    at, document, private = found
    due = dues.due_of(document, private)
    if due is None:
        raise AssertionError(f"{document['id']} is in the index of dues and not due")
    then = world.on_test_clock(timeline, at) if timeline else world.at(at)
    take_step(then, document, due.what)
    if dues.due_of(world.store.get(document["id"]), world.store.private(document["id"])) == due:
        raise AssertionError(f"{document['id']} is still due to {due.what} at {at}")
    return True
