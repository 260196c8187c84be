"""Stripe's objects as the sandbox keeps them: JSON documents, exactly as the API answers them."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]
"""One JSON object. `Any`, because this is where Stripe's JSON lives; the API checks its shape."""
