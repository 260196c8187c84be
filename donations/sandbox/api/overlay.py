"""What changed between the description that we carry (dahlia) and the account's version (endive).

Source: the parameters of stripe-python 16.1.0, which pins 2026-10-28.endive.
"""

from __future__ import annotations

from collections.abc import Mapping

REMOVED_PARAMETERS: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", "/v1/checkout/sessions"): frozenset({"payment_method_types"}),
}
"""Refused as unknown since 2026-09-30: Checkout chooses the payment methods itself."""
