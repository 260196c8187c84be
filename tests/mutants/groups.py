"""Which modules reckon with money, and which tests each group of them has to answer for.

A mutant is met only by the tests of its group that reach the changed function: those that are about it,
and not everything that passes through it on its way to something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _in(folder: str, names: str) -> tuple[str, ...]:
    return tuple(f"donations/{folder}/{name}.py" for name in names.split())


GROUPS: Final = (
    Group(
        "domain",
        _in(
            "domain",
            "money amounts currencies fees refunds disputes movements standing periods gifts checkouts offers"
            " rates transitions",
        ),
        ("tests/domain", "tests/content/test_offers.py", "--ignore=tests/domain/test_ecb.py"),
    ),
    Group(
        "beats",
        _in("domain", "books reconciling"),
        ("tests/domain/test_books.py", "tests/domain/test_reconciling.py"),
    ),
    Group(
        "inbox",
        _in("services", "tickets inbox outbox"),
        (
            "tests/services/test_tickets.py",
            "tests/services/test_inbox.py",
            "tests/services/test_outbox.py",
        ),
    ),
    Group(
        "payments",
        (
            *_in("sync", "payment_intent charge refund dispute"),
            *_in("services", "donations adjustments"),
        ),
        (
            "tests/sync/test_payment_intent.py",
            "tests/sync/test_settlement.py",
            "tests/sync/test_refund_and_dispute.py",
            "tests/sync/test_movements.py",
        ),
    ),
    Group(
        "recurring",
        (
            *_in("sync", "subscription invoice"),
            *_in("services", "movements payment_failures charge_plans"),
        ),
        (
            "tests/sync/test_subscription.py",
            "tests/sync/test_movements.py",
            "tests/sync/test_later_gift.py",
            "tests/services/test_charge_plans.py",
            "tests/services/test_later_gifts.py",
        ),
    ),
    Group(
        "checkouts",
        ("donations/sync/checkout_session.py", *_in("services", "checkouts fulfilment")),
        (
            "tests/sync/test_checkout_session.py",
            "tests/sync/test_later_gift.py",
            "tests/services/test_checkouts.py",
            "tests/services/test_fulfilment.py",
            "tests/services/test_later_gifts.py",
            "tests/jobs/test_lost_answers.py",
        ),
    ),
    Group(
        "calls",
        _in("services", "gift_changes written_calls"),
        ("tests/services/test_gift_changes.py", "tests/services/test_written_calls.py"),
    ),
    Group(
        "refunds",
        ("donations/services/refund_requests.py", *_in("jobs", "refund_calls written_calls")),
        (
            "tests/services/test_refund_requests.py",
            "tests/jobs/test_written_calls.py",
            "tests/jobs/test_refund_calls.py",
        ),
    ),
    Group(
        "drift",
        _in("sync/drift", "attempts balance difference payments recurring registry taken_back verdict"),
        ("tests/sync/test_drift.py",),
    ),
    Group(
        "books",
        _in("services", "books balance reconcile_runs"),
        ("tests/services/test_books.py", "tests/services/test_reconcile_runs.py"),
    ),
)
