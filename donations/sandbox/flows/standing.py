"""What the fate of an invoice means for the subscription that it bills.

The subscription's standing follows its latest invoice: paid makes it active again, whatever older
ones still owe, and a try that fails puts it past due. When the last retry has failed, the account's
own setting says what becomes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document
from donations.sandbox.dues import DAY
from donations.sandbox.objects.subscription import ENDED, end_now
from donations.sandbox.webhooks.events import differences, emit, emit_update
from donations.sandbox.world import World

_BEHIND = frozenset({"incomplete", "past_due", "unpaid"})


class Afterwards(StrEnum):
    """What happens when the retries are used up."""

    CANCEL = "cancel"
    UNPAID = "unpaid"
    PAST_DUE = "past_due"


@dataclass(frozen=True, slots=True)
class Retries:
    """The account's setting: on which days after the first try, and what then."""

    days: tuple[int, ...] = (3, 5, 7)
    afterwards: Afterwards = Afterwards.CANCEL

    def next_at(self, first_try: int, failed: int) -> int | None:
        """When to try again after so many failures; None when it was the last."""
        return first_try + self.days[failed - 1] * DAY if failed <= len(self.days) else None

    def to_json(self) -> Document:
        return {"days": list(self.days), "afterwards": self.afterwards.value}


def retries(world: World) -> Retries:
    kept = world.recall("retries", Retries().to_json())
    return Retries(tuple(kept["days"]), Afterwards(kept["afterwards"]))


def set_retries(world: World, given: dict[str, Any]) -> Retries:
    """Replace the setting; what is not given is as Stripe has it at first."""
    days = given.get("days", list(Retries().days))
    if not isinstance(days, list) or not all(isinstance(day, int) and day > 0 for day in days):  # pyright: ignore[reportUnknownVariableType]
        raise invalid("`days` is a list of days after the first try.", "days")
    if days != sorted(set(days)):  # pyright: ignore[reportUnknownArgumentType]
        raise invalid("`days` grow from one retry to the next.", "days")
    wanted = Retries(tuple(days), Afterwards(given.get("afterwards", "cancel")))  # pyright: ignore[reportUnknownArgumentType]
    with world.store.transaction():
        world.remember("retries", wanted.to_json())
    return wanted


def after_payment(world: World, invoice: Document) -> None:
    before = _subscription_of(world, invoice)
    if before is None or before["status"] not in _BEHIND or before["latest_invoice"] != invoice["id"]:
        return
    after = world.store.save({**before, "status": "active"})
    emit_update(world, "customer.subscription.updated", before, after)


def note_failure(
    world: World,
    invoice: Document,
    *,
    is_scheduled: bool = True,
    told: Document | None = None,
    is_asked: bool = False,
) -> Document:
    """Plan the next try, and judge the subscription. Tries between the planned ones don't count.

    `is_asked` says that the payment waits for its giver to answer the bank. A first payment that fails
    leaves the subscription incomplete, and is tried by nobody but its giver.
    """
    is_first = invoice["attempt_count"] == 0
    counts = is_first or is_scheduled
    count = invoice["attempt_count"] + counts
    subscription = _subscription_of(world, invoice)
    is_over = subscription is None or subscription["status"] == "incomplete"
    next_at = invoice["next_payment_attempt"]
    if counts:
        first_try = invoice["status_transitions"]["finalized_at"]
        next_at = None if is_over else retries(world).next_at(first_try, count)
    tried = {
        **invoice,
        "attempt_count": count,
        "attempted": True,
        "auto_advance": invoice["auto_advance"] and (is_over or next_at is not None),
        "next_payment_attempt": next_at,
    }
    world.store.save(tried)
    if is_asked:
        emit(world, "invoice.payment_action_required", tried)
    emit(world, "invoice.payment_failed", tried)
    if is_first:
        _fall_behind(world, subscription, told)
    else:
        emit(world, "invoice.updated", tried, differences(invoice, tried))
    if counts and next_at is None and not is_over:
        _after_last_failure(world, tried)
    return tried


def _fall_behind(world: World, before: Document | None, told: Document | None) -> None:
    if before is None or before["status"] not in {"active", "trialing"}:
        return
    after = world.store.save({**before, "status": "past_due"})
    emit_update(world, "customer.subscription.updated", told or before, after)


def _after_last_failure(world: World, invoice: Document) -> None:
    """The invoice stays open in each case; only the subscription is judged."""
    before = _subscription_of(world, invoice)
    afterwards = retries(world).afterwards
    if before is None or before["status"] in {*ENDED, "incomplete"} or afterwards is Afterwards.PAST_DUE:
        return
    if afterwards is Afterwards.CANCEL:
        end_now(world, before, "payment_failed")
        return
    after = world.store.save({**before, "status": "unpaid"})
    emit_update(world, "customer.subscription.updated", before, after)


def _subscription_of(world: World, invoice: Document) -> Document | None:
    parent = invoice["parent"]
    if not parent or not parent["subscription_details"]:
        return None
    found = world.store.find(parent["subscription_details"]["subscription"])
    return None if found is None or found["status"] in ENDED else found
