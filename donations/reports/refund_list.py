"""The refunds that staff asked for, and how each stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donations.domain.written_calls import CallStatus
from donations.models import Donation, Refund, RefundRequest, StaffUser, Supporter
from donations.reports.paging import PAGE_SIZE, Paged, Place
from donations.reports.refund_states import RefundState, state_of


@dataclass(frozen=True, slots=True)
class RefundLine:
    request: RefundRequest
    donation: Donation
    supporter: Supporter
    asked_by: str
    refund: Refund | None
    """As Stripe has it; None until that was looked at."""

    @property
    def state(self) -> RefundState:
        return state_of(self.request, self.refund)

    @property
    def next_look_at(self) -> datetime | None:
        return self.request.next_try_at if self.request.status is CallStatus.ASKING else None


def list_refunds(session: Session, asked_page: int) -> Paged[RefundLine]:
    """The newest first."""
    place = Place.of(asked_page, session.scalar(select(func.count()).select_from(RefundRequest)) or 0)
    query = _lines().order_by(RefundRequest.created_at.desc(), RefundRequest.id.desc())
    found = session.execute(query.limit(PAGE_SIZE).offset(place.offset))
    return Paged(tuple(RefundLine(*row) for row in found), place)


def find_refund(session: Session, reference: str) -> RefundLine | None:
    row = session.execute(_lines().where(RefundRequest.reference == reference)).one_or_none()
    return None if row is None else RefundLine(*row)


def _lines() -> Select[RefundRequest, Donation, Supporter, str, Refund]:
    return (
        select(RefundRequest, Donation, Supporter, StaffUser.name, Refund)
        .join(Donation, Donation.id == RefundRequest.donation_id)
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .join(StaffUser, StaffUser.id == RefundRequest.asked_by)
        .outerjoin(Refund, Refund.stripe_refund_id == RefundRequest.stripe_refund_id)
    )
