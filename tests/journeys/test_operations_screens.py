"""How the work goes on, at a phone's and a desk's width: nothing runs over, axe finds nothing, and a picture
is kept for people to look at (`.test-artifacts/`)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from donations.domain.alerts import Cause
from donations.domain.counting import Counted
from donations.gateway.kinds import ObjectKind
from donations.models import StaffSession
from donations.models.database import writing
from donations.runtime import system_clock
from donations.services import alerts, inbox, tally, workers
from tests.factories import make_staff_user
from tests.journeys.looking import look, page_to_look_at
from tests.journeys.test_manage_screens import NOW, site
from tests.journeys.test_refund_screens import TOKEN
from tests.website import Website

__all__ = ["site"]

pytestmark = pytest.mark.browser


def log_in() -> None:
    with writing() as session:
        session.add(
            StaffSession(
                token_hash=hashlib.sha256(TOKEN.encode()).digest(),
                staff_user_id=make_staff_user(session).id,
                created_at=NOW,
                last_seen_at=NOW,
                expires_at=NOW + timedelta(hours=8),
            )
        )


def make_a_busy_day() -> None:
    """Work that waits, two workers, a day's counts, and every alert that a sweep may find."""
    with writing() as session:
        for number in range(3):
            inbox.mark(session, ObjectKind.INVOICE, f"in_{number}", NOW - timedelta(minutes=17))
        for worker in ("9f2c41d07be6a835", "03ad5e77c1f0b962"):
            workers.note_alive(session, worker, system_clock(), system_clock())
        for hour in range(24):
            counts = {
                (Counted.ACCEPTED, ""): (hour * 977) % 5_000,
                (Counted.DUPLICATE, ""): hour,
                (Counted.CALLS, "get charges done"): hour * 31,
            }
            tally.record(session, counts, NOW - timedelta(hours=hour))
        alerts.note(session, set(Cause) - {Cause.NO_WORKER}, NOW)


def test_the_page_of_operations_fits_is_accessible_and_kept_as_pictures(
    browser: Browser, site: Website, artifacts: Path
) -> None:
    log_in()
    with page_to_look_at(browser, {"staff": TOKEN}, site.base) as page:
        page.goto(f"{site.base}/staff/operations")
        look(page, artifacts, "operations-empty")
        make_a_busy_day()
        page.goto(f"{site.base}/staff/operations")
        look(page, artifacts, "operations-busy")
