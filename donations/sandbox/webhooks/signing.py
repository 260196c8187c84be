"""Stripe's signature: HMAC-SHA256 over `t.body`, the exact bytes that are sent."""

from __future__ import annotations

import hashlib
import hmac


def signature_header(body: bytes, secret: str, timestamp: int) -> str:
    """`timestamp` is the receiver's time, not the sandbox's clock: it is compared with that."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
