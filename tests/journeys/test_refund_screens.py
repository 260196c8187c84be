"""Each page on which a donation is given back, at a phone's and a desk's width: nothing runs over, axe finds
nothing, and a picture is kept for people to look at (`.test-artifacts/`)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

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
from tests.journeys.test_manage_screens import NOW, WIDTHS, site
from tests.pictures import keep_picture
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


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_a_refund_fit_are_accessible_and_kept_as_pictures(
    browser: Browser, site: Website, artifacts: Path, width: str
) -> None:
    donation_id, references = make_refunds()
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 800}, reduced_motion="reduce", bypass_csp=True
    )
    context.add_cookies([{"name": "staff", "value": TOKEN, "url": site.base}])
    page = context.new_page()

    def look(name: str) -> None:
        check(page, artifacts / f"refund-{name}-{width}.png", WIDTHS[width])

    page.goto(f"{site.base}/staff/refunds")
    look("list")
    for name, reference in zip(CallStatus.__members__, references[1:], strict=False):
        page.goto(f"{site.base}/staff/refunds/{reference}")
        look(f"state-{name.lower()}")
    page.goto(f"{site.base}/staff/donations/{donation_id}/refund")
    look("form")
    page.select_option("#extent", "part")
    page.fill("#amount", "70")
    page.click(".button-primary")
    look("form-with-errors")
    page.fill("#amount", "20")
    page.select_option("#reason", "requested_by_customer")
    page.fill("#note", "They wrote to us that they gave more than they meant to")
    page.click(".button-primary")
    page.click("summary")
    look("look")
    with writing() as session:
        assert session.get_one(Donation, donation_id).refunded_amount == 0
    context.close()


def check(page: Page, picture: Path, width: int) -> None:
    page.evaluate("document.fonts.ready")
    keep_picture(page, picture)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, picture.name
    found = Axe().run(page)
    assert found.violations_count == 0, f"{picture.name}: {found.generate_report()}"
