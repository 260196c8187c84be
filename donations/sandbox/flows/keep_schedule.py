"""Subscription schedules through the API: made from a running subscription, planned, let go, canceled."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.flows.plan_phases import read_phases
from donations.sandbox.objects import metadata, subscription_schedule
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.subscription import end_now
from donations.sandbox.objects.subscription_schedule import KIND, OPEN, new_schedule, next_change
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_BILLED = frozenset({"active", "past_due", "trialing", "unpaid"})


def create(call: Call) -> Document:
    given = call.parameters
    for name in given.keys() - {"expand", "from_subscription"}:
        if "from_subscription" in given:
            raise invalid(f"You cannot set `{name}` if `from_subscription` is set.", name)
    refuse_all_but(given, ["from_subscription"])
    if not given.get("from_subscription"):
        raise missing("from_subscription")
    before = referenced(call.world, "subscription", given["from_subscription"], "from_subscription")
    _check_free(before)
    world = in_time_of(call.world, before)
    schedule = new_schedule(world, before)
    after = {**before, "schedule": schedule["id"]}
    world.store.save(after, phase_at=next_change(schedule))
    emit(world, f"{KIND}.created", schedule)
    emit_update(world, "customer.subscription.updated", before, after)
    return schedule


def _check_free(subscription: Document) -> None:
    param = "from_subscription"
    if subscription["status"] not in _BILLED:
        raise invalid(
            f"A subscription that is `{subscription['status']}` cannot be given a subscription schedule.",
            param,
        )
    if subscription["schedule"]:
        raise invalid(
            "You cannot migrate a subscription that is already attached to a schedule:"
            f" `{subscription['schedule']}`.",
            param,
        )
    if subscription["cancel_at"]:
        raise invalid("The sandbox does not schedule a subscription that is to end.", param)


def update(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, ["end_behavior", "metadata", "phases", "proration_behavior"])
    before = _open(call, "update")
    subscription = call.world.store.get(before["subscription"])
    world = in_time_of(call.world, before)
    after = {**before, "end_behavior": given.get("end_behavior", before["end_behavior"])}
    if after["end_behavior"] not in {"cancel", "release"}:
        raise invalid("The sandbox does not do this `end_behavior`.", "end_behavior")
    if "metadata" in given:
        added = given["metadata"]
        after["metadata"] = {} if added is None else metadata.merged(before["metadata"], added)
    if "phases" in given:
        after["phases"] = read_phases(world, before, subscription, given["phases"])
        running = subscription_schedule.running_phase(after)
        after["current_phase"] = subscription_schedule.running_since(running)
    emit_update(world, f"{KIND}.updated", before, world.store.save(after))
    _plan_end(world, subscription, after, was_canceling=before["end_behavior"] == "cancel")
    return after


def _plan_end(world: World, before: Document, schedule: Document, *, was_canceling: bool) -> None:
    """The subscription shows already now that its schedule will cancel it."""
    after = {**before}
    if schedule["end_behavior"] == "cancel":
        after["cancel_at"] = schedule["phases"][-1]["end_date"]
    elif was_canceling:
        after["cancel_at"] = None
    world.store.save(after, phase_at=next_change(schedule))
    emit_update(world, "customer.subscription.updated", before, after)


def cancel(call: Call) -> Document:
    """The subscription ends with it, at once."""
    asked = {name: value for name, value in call.parameters.items() if value is not False}
    refuse_all_but(asked, ())
    schedule = _open(call, "cancel")
    end_now(call.world, call.world.store.get(schedule["subscription"]), "cancellation_requested")
    return call.world.store.get(schedule["id"])


def release(call: Call) -> Document:
    refuse_all_but(call.parameters, ["preserve_cancel_date"])
    schedule = _open(call, "release")
    world = in_time_of(call.world, schedule)
    before = world.store.get(schedule["subscription"])
    after = {**before, "schedule": None}
    if schedule["end_behavior"] == "cancel" and not call.parameters.get("preserve_cancel_date"):
        after["cancel_at"] = None
    world.store.save(after, phase_at=None)
    released = subscription_schedule.let_go(world, schedule, "released")
    emit_update(world, "customer.subscription.updated", before, after)
    return released


def _open(call: Call, verb: str) -> Document:
    schedule = required(call.world, KIND, call.path["schedule"], "schedule")
    if schedule["status"] not in OPEN:
        raise ApiError(
            f"You cannot {verb} a subscription schedule that is currently in the `{schedule['status']}`"
            f" status. It must be in the {' or '.join(f'`{status}`' for status in sorted(OPEN))} status.",
            param="schedule",
        )
    return schedule
