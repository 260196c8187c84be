"""Change a subscription that is running: its end, its price, its payment method, its pause."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, no_such
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.dues import What
from donations.sandbox.flows import change_end, cycle
from donations.sandbox.flows.change_price import begins_anew, change_items
from donations.sandbox.objects import invoice as invoices
from donations.sandbox.objects import metadata
from donations.sandbox.objects.invoice_line import line_of_item
from donations.sandbox.objects.lookup import required
from donations.sandbox.objects.payment_method import kept_by
from donations.sandbox.objects.start import read_start
from donations.sandbox.objects.subscription import ENDED, end_now, with_period
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_UPDATABLE = (
    "cancel_at", "cancel_at_period_end", "cancellation_details", "default_payment_method",
    "description", "expand", "items", "metadata", "off_session", "pause_collection", "payment_behavior",
    "proration_behavior", "trial_end", "trial_settings",
)  # fmt: skip


def cancel(call: Call) -> Document:
    subscription = _not_ended(call)
    asked = {name: value for name, value in call.parameters.items() if value is not False}
    refuse_all_but(asked, ["cancellation_details"])
    given: Document = call.parameters.get("cancellation_details", {})
    return end_now(call.world, subscription, "cancellation_requested", given)


def update(call: Call) -> Document:
    refuse_all_but(call.parameters, _UPDATABLE)
    before = _not_ended(call)
    _check_schedule(before, call)
    world = in_time_of(call.world, before)
    after, lines = change_items(world, before, call.parameters.get("items", []))
    _change_plain(call, after)
    _change_trial(call, world, after)
    change_end.change(after, call.parameters, world.now())
    behavior = call.parameters.get("proration_behavior", "create_prorations")
    draft = _bill_change(world, before, after, lines, behavior)
    world.store.save(after)
    emit_update(world, "customer.subscription.updated", before, after)
    if draft:
        emit(world, "invoice.created", draft)
        _collect(world, draft, call.parameters.get("payment_behavior", "allow_incomplete"))
    if call.parameters.get("trial_end") == "now":
        _bill_at_once(world, after["id"])
    return world.store.get(after["id"])


def resume(call: Call) -> Document:
    """A trial that ended without a payment method has paused it; now it is billed from today."""
    refuse_all_but(call.parameters, ["billing_cycle_anchor", "proration_behavior"])
    before = required(call.world, "subscription", call.path["subscription"])
    if before["status"] != "paused":
        raise ApiError("Only a subscription that is paused can be resumed.", param="subscription")
    if call.parameters.get("billing_cycle_anchor", "now") != "now":
        raise invalid("The sandbox resumes with a new anchor only.", "billing_cycle_anchor")
    world = in_time_of(call.world, before)
    anew = {**before, "billing_cycle_anchor": world.now(), "status": "active"}
    after = with_period(anew, world.now())
    draft = cycle.draft_cycle(world, after, period_start=world.now())
    after["latest_invoice"] = draft["id"]
    emit_update(world, "customer.subscription.updated", before, world.store.save(after))
    emit(world, "customer.subscription.resumed", after)
    emit(world, "invoice.created", draft)
    cycle.finalize_and_collect(world, draft)
    return world.store.get(after["id"])


def _not_ended(call: Call) -> Document:
    """Stripe answers as if a canceled subscription did not exist to those who want to change it."""
    subscription_id = call.path["subscription_exposed_id"]
    subscription = required(call.world, "subscription", subscription_id)
    if subscription["status"] in ENDED:
        raise no_such("subscription", subscription_id)
    return subscription


def _check_schedule(subscription: Document, call: Call) -> None:
    """A schedule has the say over prices and the end."""
    for name in ("cancel_at", "cancel_at_period_end", "items", "trial_end"):
        if subscription["schedule"] and name in call.parameters:
            raise invalid(
                "The subscription is managed by the subscription schedule"
                f" `{subscription['schedule']}`, and updating `{name}` directly is not allowed. Please"
                " update the schedule instead.",
                name,
            )


def _change_plain(call: Call, after: Document) -> None:
    given = call.parameters
    if "metadata" in given:
        added = given["metadata"]
        after["metadata"] = {} if added is None else metadata.merged(after["metadata"], added)
    if "description" in given:
        after["description"] = given["description"]
    if "trial_settings" in given:
        after["trial_settings"] = given["trial_settings"]
    if given.get("default_payment_method"):
        method = kept_by(call.world, given["default_payment_method"], after["customer"])
        after["default_payment_method"] = method["id"]
    if "pause_collection" in given:
        pause = given["pause_collection"]
        after["pause_collection"] = pause and {
            "behavior": pause["behavior"],
            "resumes_at": pause.get("resumes_at"),
        }
        if pause and pause.get("resumes_at", call.world.now() + 1) <= in_time_of(call.world, after).now():
            raise invalid("`resumes_at` must be in the future.", "pause_collection[resumes_at]")


def _change_trial(call: Call, world: World, after: Document) -> None:
    """Trial until another day, or until now: what is billed then is counted from that instant."""
    wanted = call.parameters.get("trial_end")
    if wanted is None or (wanted == "now" and after["status"] != "trialing"):
        return
    if after["status"] not in {"active", "trialing"}:
        raise invalid("Only a subscription that is active or trialing has a trial.", "trial_end")
    end = read_start(call.parameters, world.now()).trial_end or world.now()
    if after["status"] == "active" and call.parameters.get("proration_behavior") != "none":
        raise invalid("The sandbox starts a later trial only with `proration_behavior=none`.", "trial_end")
    now, items = world.now(), after["items"]["data"]
    start = items[0]["current_period_start"] if after["status"] == "trialing" else now
    moved = [{**item, "current_period_start": start, "current_period_end": end} for item in items]
    after["items"] = {**after["items"], "data": moved}
    after.update(billing_cycle_anchor=end, status="trialing", trial_end=end)
    after["trial_start"] = after["trial_start"] or now


def _bill_change(
    world: World, before: Document, after: Document, lines: list[Document], behavior: str
) -> Document | None:
    """Now, with the next invoice, or never; a new rhythm is always billed now, unless a trial begins.

    A trial has an invoice of nothing. That a later change during the trial has none is not checked.
    """
    begins_trial = before["status"] == "active" and after["status"] == "trialing"
    if begins_trial:
        lines = [line_of_item(after, item) for item in after["items"]["data"]]
    is_anew = begins_trial or begins_anew(before, after)
    if behavior == "none":
        lines = [line for line in lines if not line["parent"]["subscription_item_details"]["proration"]]
    if not lines:
        return None
    if behavior == "create_prorations" and not is_anew:
        kept = world.store.private(before["id"]).get("pending_lines", [])
        world.store.save(before, pending_lines=kept + lines)
        return None
    draft = invoices.new_draft(
        world,
        after,
        world.store.get(after["customer"]),
        reason="subscription_update",
        period_start=after["items"]["data"][0]["current_period_start"],
        lines=lines,
    )
    after["latest_invoice"] = draft["id"]
    return draft


def _bill_at_once(world: World, subscription_id: str) -> None:
    """A trial that is cut short is followed by its first bill without the usual hour as a draft."""
    trialing = world.store.get(subscription_id)
    if trialing["status"] == "trialing" and trialing["trial_end"] <= world.now():
        cycle.take_step(world, trialing, What.RENEW)
        latest = world.store.get(world.store.get(subscription_id)["latest_invoice"])
        if latest["status"] == "draft":
            cycle.finalize_and_collect(world, latest)


def _collect(world: World, draft: Document, payment_behavior: str) -> None:
    invoice = cycle.finalize_and_collect(world, draft)
    if payment_behavior == "error_if_incomplete" and invoice["status"] == "open":
        raise ApiError("Your card was declined.", status=402, type="card_error", code="card_declined")
