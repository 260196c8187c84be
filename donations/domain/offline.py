"""How a gift can reach us without Stripe."""

from enum import StrEnum


class OfflineMethod(StrEnum):
    """Stored, and shown to staff."""

    BANK_TRANSFER = "bank_transfer"
    CASH = "cash"
    CHEQUE = "cheque"
