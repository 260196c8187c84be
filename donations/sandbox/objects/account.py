"""The one account of the sandbox."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.document import Document
from donations.sandbox.money import SETTLEMENT_CURRENCY


def retrieve(_call: Call) -> Document:
    return {
        "id": "acct_sandbox",
        "object": "account",
        "business_type": "company",
        "charges_enabled": True,
        "country": "NL",
        "created": 1_700_000_000,
        "default_currency": SETTLEMENT_CURRENCY,
        "details_submitted": True,
        "email": None,
        "payouts_enabled": True,
        "type": "standard",
    }
