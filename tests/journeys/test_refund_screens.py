"""Each page on which a donation is given back, at a phone's and a desk's width: nothing runs over, axe finds
nothing, and a picture is kept for people to look at (`.test-artifacts/`)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from donations import runtime
from donations.domain.gifts import Frequency
from donations.domain.written_calls import CallStatus
from donations.models import Donation, StaffSession
from donations.models.database import writing
from donations.services import issuing, refund_requests, written_calls
from tests.factories import (
    NOON,
    ZONE,
    make_donation,
    make_refund_request,
    make_staff_user,
    make_subscription,
    make_supporter,
)
from tests.journeys.looking import look, page_to_look_at
from tests.journeys.test_manage_screens import NOW, site
from tests.website import Website

__all__ = ["site"]

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-the-test"


def make_refunds() -> tuple[int, list[str]]:
    """A donation to be given back, and refunds of others in each state."""
    with writing() as session:
        nina = make_supporter(session, runtime.current().vault, email="nina.weber@example.com", name="Nina")
        gift = make_subscription(session, nina, amount=5000)
        donation = make_donation(session, nina, subscription=gift, frequency=Frequency.MONTHLY, fee=175)
        issuing.issue_receipt(session, donation, ZONE, NOON)
        finance = make_staff_user(session)
        session.add(
            StaffSession(
                token_hash=hashlib.sha256(TOKEN.encode()).digest(),
                staff_user_id=finance.id,
                created_at=NOW,
                last_seen_at=NOW,
                expires_at=NOW + timedelta(hours=8),
            )
        )
        others = [
            make_refund_request(session, make_donation(session, nina, amount=2500 * n), by=finance, at=NOW)
            for n in range(1, 6)
        ]
        asking, unheard, accepted, refused, lost = (each.reference for each in others)
        refund_requests.record_silence(session, unheard, "StripeUnavailable", NOW + timedelta(minutes=5))
        refund_requests.record_acceptance(session, accepted, "re_3QxYzAbCdEfGhIjKlMnOpQr", NOW)
        refund_requests.record_refusal(session, refused, "StripeRefused code=charge_disputed", NOW)
        row = written_calls.get(session, type(others[0]), lost)
        written_calls.answer(row, CallStatus.LOST, "no answer came; Stripe has no such refund", NOW)
        return donation.id, [asking, unheard, accepted, refused, lost]


def test_pages_of_a_refund_fit_are_accessible_and_kept_as_pictures(
    browser: Browser, site: Website, artifacts: Path
) -> None:
    donation_id, references = make_refunds()
    with page_to_look_at(browser, {"staff": TOKEN}, site.base) as page:
        page.goto(f"{site.base}/staff/refunds")
        look(page, artifacts, "refund-list")
        for name, reference in zip(CallStatus.__members__, references[1:], strict=False):
            page.goto(f"{site.base}/staff/refunds/{reference}")
            look(page, artifacts, f"refund-state-{name.lower()}")
        page.goto(f"{site.base}/staff/donations/{donation_id}/refund")
        look(page, artifacts, "refund-form")
        page.select_option("#extent", "part")
        page.fill("#amount", "70")
        page.click(".button-primary")
        look(page, artifacts, "refund-form-with-errors")
        page.fill("#amount", "20")
        page.select_option("#reason", "requested_by_customer")
        page.fill("#note", "They wrote to us that they gave more than they meant to")
        page.click(".button-primary")
        page.click("summary")
        look(page, artifacts, "refund-look")
    with writing() as session:
        assert session.get_one(Donation, donation_id).refunded_amount == 0
