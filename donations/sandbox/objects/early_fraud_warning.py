"""Early fraud warnings: the bank thinks that a payment was not the card holder's. No money moves yet."""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

KIND = "radar.early_fraud_warning"


def new_warning(world: World, charge: Document) -> Document:
    warning: Document = {
        "id": new_id("issfr"),
        "object": KIND,
        "actionable": not charge["refunded"] and not charge["disputed"],
        "charge": charge["id"],
        "created": world.now(),
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
    }
    if charge["payment_intent"]:
        warning["payment_intent"] = charge["payment_intent"]
    emit(world, f"{KIND}.created", world.store.save(warning))
    return warning


def settle_warnings(world: World, charge: Document) -> None:
    """Nothing can be done about a payment any more that was refunded whole, or disputed."""
    for before in world.store.search(KIND, [Condition("charge", charge["id"])]):
        after = world.store.save({**before, "actionable": False})
        emit_update(world, f"{KIND}.updated", before, after)
