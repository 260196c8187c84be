"""Who wants to know how calls to Stripe go: what kind each was, what became of it, how long it took.

A call is seen as often as it is tried. Of its address only the kind of object is taken, by a fixed list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from donations.domain.counting import Outcome

Observer: TypeAlias = Callable[[str, Outcome, float], None]
"""Is told the kind, the outcome and the seconds. Must not raise."""

_METHODS: Final = frozenset({"get", "post", "delete"})
_RESOURCES: Final = frozenset(
    {
        "balance_transactions", "billing_portal/sessions", "charges", "checkout/sessions", "customers",
        "disputes", "events", "invoice_payments", "invoices", "payment_intents", "payment_methods",
        "refunds", "subscriptions",
    }
)  # fmt: skip
_OTHER: Final = "other"


def ignore(_kind: str, _outcome: Outcome, _seconds: float) -> None:
    """Of whoever does not want to know."""


def kind_of(method: str, url: str) -> str:
    """Such as `get invoices`, whichever invoice it is about."""
    parts = urlsplit(url).path.removeprefix("/v1/").split("/")
    named = (part for part in ("/".join(parts[:2]), parts[0]) if part in _RESOURCES)
    resource = next(named, _OTHER)
    return f"{method.lower() if method.lower() in _METHODS else _OTHER} {resource}"


def outcome_of(status: int) -> Outcome:
    """What Stripe's answer says."""
    if 200 <= status < 300:
        return Outcome.DONE
    if status >= 500:
        return Outcome.FAILED
    return {402: Outcome.DECLINED, 429: Outcome.RATE_LIMITED}.get(status, Outcome.REFUSED)
