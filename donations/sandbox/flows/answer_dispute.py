"""What the API may do about a dispute: give evidence, or give up."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.document import Document
from donations.sandbox.flows.trouble import close_as_it_stands
from donations.sandbox.objects.dispute import OPEN, as_submitted, with_evidence, with_metadata
from donations.sandbox.objects.lookup import required
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import emit_update

_LONGEST_EVIDENCE = 150_000


def update(call: Call) -> Document:
    """Evidence is sent to the bank with the call that gives it, unless `submit` says to wait."""
    world, given = call.world, call.parameters
    before = required(world, "dispute", call.path["dispute"], "dispute")
    after = before
    if "metadata" in given:
        after = with_metadata(after, given["metadata"])
    if "evidence" in given or "submit" in given:
        _check_open(before)
        evidence: Document = given.get("evidence") or {}
        if "enhanced_evidence" in evidence:
            raise invalid("The sandbox does not do `evidence[enhanced_evidence]`.", "evidence")
        if sum(len(value or "") for value in evidence.values()) > _LONGEST_EVIDENCE:
            raise invalid("The combined character count of the evidence is at most 150,000.", "evidence")
        after = with_evidence(after, evidence)
        if given.get("submit", True):
            after = as_submitted(after)
            schedule(world, "decide_dispute", after["id"], delay=world.settings.settle_delay)
    world.store.save(after)
    emit_update(world, "charge.dispute.updated", before, after)
    return after


def close(call: Call) -> Document:
    dispute = required(call.world, "dispute", call.path["dispute"], "dispute")
    _check_open(dispute)
    return close_as_it_stands(call.world, dispute)


def _check_open(dispute: Document) -> None:
    if dispute["status"] not in OPEN:
        raise ApiError(
            f"This dispute is already closed, with a status of {dispute['status']}.", param="dispute"
        )
