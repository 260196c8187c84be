"""The fee of a donation in the gift's own currency, in the database's words."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, case, func, type_coerce

from donations.models.donation import Donation


def fee_in_currency() -> ColumnElement[int]:
    """The fee in the gift's currency, at the rate of that very charge, rounded half up to a minor unit.

    None while it is not known. In whole numbers, which both databases reckon alike.
    """
    settled = type_coerce(func.nullif(Donation.settled_amount, 0), BigInteger)
    converted = (2 * Donation.fee_amount * Donation.amount + settled) // (2 * settled)
    return case(
        (Donation.settlement_currency == Donation.currency, Donation.fee_amount),
        else_=func.coalesce(converted, Donation.fee_amount),
    )
