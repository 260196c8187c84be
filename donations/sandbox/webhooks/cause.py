"""Which API request is being served, for the `request` of the events that it causes."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    request_id: str | None = None
    idempotency_key: str | None = None


CAUSE: ContextVar[Cause] = ContextVar("cause", default=Cause())  # noqa: B039  # Cause is frozen.
"""Stays empty for what happens on the hosted page or by itself, as Stripe's events show it."""
