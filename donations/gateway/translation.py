"""Stripe's errors in our own words, without anything that Stripe says in its message."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict, cast

import stripe

from donations.gateway.errors import (
    CardDeclined,
    GatewayError,
    IdempotencyMismatch,
    NotFoundAtStripe,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
)

_WORD: Final = re.compile(r"[A-Za-z0-9_.\[\]-]{1,120}")
_LOCKED: Final = 409


class _Details(TypedDict):
    status: int | None
    code: str | None
    param: str | None
    request_id: str | None


def translated(error: stripe.StripeError) -> GatewayError:
    """What `error` means for the caller: try again later, or never like this."""
    said = _said_by_stripe(error)
    if said is None:
        return StripeUnavailable(was_answered=False, status=error.http_status)
    status = error.http_status or 0
    details: _Details = {
        "status": status,
        "code": _word(said.get("code")) or _word(said.get("type")),
        "param": _word(said.get("param")),
        "request_id": _word(error.request_id),
    }
    if isinstance(error, stripe.RateLimitError):
        return RateLimited(was_answered=True, retry_after=_retry_after(error), **details)
    if status == _LOCKED or status >= 500:
        return StripeUnavailable(was_answered=True, retry_after=_retry_after(error), **details)
    return _refusal(error, said)(**details)


def _refusal(error: stripe.StripeError, said: Mapping[str, Any]) -> type[StripeRefused]:
    if isinstance(error, stripe.IdempotencyError):
        return IdempotencyMismatch
    if isinstance(error, stripe.CardError):
        return CardDeclined
    if error.http_status == 404 or said.get("code") == "resource_missing":
        return NotFoundAtStripe
    return StripeRefused


def _said_by_stripe(error: stripe.StripeError) -> Mapping[str, Any] | None:
    """The error object of the answer; None when no whole answer came.

    The SDK's own `code` is not used: it leaves it out of all but two kinds of error.
    """
    body = cast("Mapping[str, Any] | None", error.json_body)
    said: Any = body.get("error") if isinstance(body, Mapping) else None
    return cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else None


def _word(value: object) -> str | None:
    """A code or a name; anything that could be a value that we had sent is left out."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _retry_after(error: stripe.StripeError) -> float | None:
    """In seconds; the other form of the header, a date, has not been seen from Stripe."""
    headers = cast("Mapping[str, str]", error.headers or {})
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
