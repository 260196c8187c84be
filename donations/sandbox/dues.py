"""When something happens to an object by itself, read from the object alone.

The store keeps the earliest of these instants in an index beside each object and renews it with
every change, so nothing is ever planned twice or left behind, and a year of a thousand
subscriptions is walked from one due object to the next without looking at the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from donations.sandbox.document import Document

HOUR = 3600
DAY = 24 * HOUR
INCOMPLETE_FOR = 23 * HOUR
ANNOUNCED_BEFORE = 7 * DAY
TRIAL_WARNING_BEFORE = 3 * DAY
KINDS = frozenset({"checkout.session", "invoice", "subscription"})
_ENDED = frozenset({"canceled", "incomplete_expired"})


class What(StrEnum):
    """In the order in which they happen where several are due at once."""

    EXPIRE = "expire"
    RESUME = "resume"
    CANCEL = "cancel"
    WARN_OF_TRIAL_END = "warn_of_trial_end"
    ANNOUNCE = "announce"
    RENEW = "renew"
    CHANGE_PHASE = "change_phase"
    FINALIZE = "finalize"
    RETRY = "retry"


_RANK = {what: place for place, what in enumerate(What)}


@dataclass(frozen=True, slots=True)
class Due:
    at: int
    what: What


def due_of(document: Document, private: Document) -> Due | None:
    """The next thing that happens to an object, or None if it rests until somebody touches it."""
    moments = _OF_KIND[document["object"]](document, private)
    return min(moments, key=lambda due: (due.at, _RANK[due.what]), default=None)


def timeline_of(document: Document) -> str:
    """The test clock by which the object lives; empty for the sandbox's own."""
    return document.get("test_clock") or ""


def _of_session(session: Document, _private: Document) -> Iterator[Due]:
    if session["status"] == "open":
        yield Due(session["expires_at"], What.EXPIRE)


def _of_invoice(invoice: Document, _private: Document) -> Iterator[Due]:
    if invoice["status"] == "draft" and invoice["automatically_finalizes_at"]:
        yield Due(invoice["automatically_finalizes_at"], What.FINALIZE)
    if invoice["status"] == "open" and invoice["next_payment_attempt"]:
        yield Due(invoice["next_payment_attempt"], What.RETRY)


def _of_subscription(subscription: Document, private: Document) -> Iterator[Due]:
    status, cancel_at = subscription["status"], subscription["cancel_at"]
    if status in _ENDED:
        return
    if status == "incomplete":
        yield Due(subscription["created"] + INCOMPLETE_FOR, What.EXPIRE)
        return
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"]:
        yield Due(pause["resumes_at"], What.RESUME)
    if cancel_at:
        yield Due(cancel_at, What.CANCEL)
    if subscription["schedule"] and private.get("phase_at"):
        yield Due(private["phase_at"], What.CHANGE_PHASE)
    if status == "paused":
        return
    end = subscription["items"]["data"][0]["current_period_end"]
    yield Due(end, What.RENEW)
    if not cancel_at or cancel_at > end:
        yield from _warnings(subscription, private, end)


def _warnings(subscription: Document, private: Document, end: int) -> Iterator[Due]:
    start = subscription["items"]["data"][0]["current_period_start"]
    if subscription["status"] == "trialing" and private.get("warned_of") != end:
        yield Due(max(start, end - TRIAL_WARNING_BEFORE), What.WARN_OF_TRIAL_END)
    if subscription["status"] == "unpaid" or subscription["pause_collection"]:
        return
    if end - start > ANNOUNCED_BEFORE and private.get("announced") != end:
        yield Due(end - ANNOUNCED_BEFORE, What.ANNOUNCE)


_OF_KIND = {"checkout.session": _of_session, "invoice": _of_invoice, "subscription": _of_subscription}
