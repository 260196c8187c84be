"""A letter as its reader would get it, before there is a reason to send it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.emails import refund
from donations.emails.rendering import Written
from donations.models import Donation, Supporter
from donations.models.vault import SealBroken
from donations.services.letters.compose import check_reachable, letterhead_of
from donations.services.letters.office import NotNeeded, Office
from donations.services.letters.payments import refund_of


def of_refund(session: Session, office: Office, donation: Donation, money: Money) -> Written | str:
    """The letter about a refund of so much; or why none is sent."""
    supporter = session.get_one(Supporter, donation.supporter_id)
    try:
        check_reachable(session, supporter, "refund")
        head = letterhead_of(supporter, office)
    except NotNeeded as reason:
        return str(reason)
    except SealBroken:
        return "the address cannot be opened"
    return refund.write(refund_of(session, donation, money), head)
