"""Each page where a gift is managed, at a phone's and a desk's width, in English and Russian: nothing runs
over, axe finds nothing, and a picture is kept for people to look at (`.test-artifacts/`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.changes import ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.models import Checkout, Subscription
from donations.models.database import db, writing
from donations.services import gift_changes, gift_tokens, reader_sessions
from donations.services.gift_changes import Wish
from donations.services.gift_tokens import ShortWay
from tests.databases import SqliteTemplate
from tests.factories import NOON, make_donation, make_subscription, make_supporter
from tests.fakes import FakeGateway
from tests.journeys.looking import WIDTHS, look, page_to_look_at
from tests.website import Website

pytestmark = pytest.mark.browser

NOW = NOON + timedelta(days=2)
NEXT = NOON + timedelta(days=30)


@pytest.fixture
def site(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Website]:
    with sqlite_template.fresh() as url, Website() as website:
        config = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance"), "PORT": str(website.port)})
        app = create_app(replace(config, database_url=url), gateway=FakeGateway(), wake_worker=lambda: None)
        with app.app_context():
            runtime.install(app, replace(runtime.current(), now=lambda: NOW))
            website.app = app
            yield website
            db.engine.dispose()


def make_gifts() -> tuple[str, dict[str, str]]:
    """A reader with a gift in each state: a session's token, and the pages to look at by name."""
    with writing() as session:
        nina = make_supporter(
            session, runtime.current().vault, email="nina.weber@example.com", name="Nina Weber"
        )
        monthly = make_subscription(session, nina, amount=1000)
        failed = make_subscription(
            session, nina, standing=Standing.PAST_DUE, amount=1500, confirmation_asked_at=NOON
        )
        make_subscription(session, nina, frequency=Frequency.ANNUAL, amount=10000, cancels_at=NEXT)
        paused = {"is_collection_paused": True, "resumes_at": NEXT + timedelta(days=40)}
        resting = make_subscription(session, nina, amount=500, currency="gbp", **paused)
        make_subscription(session, nina, standing=Standing.CANCELED, amount=2500, currency="usd")
        for months in range(26):
            make_donation(session, nina, subscription=monthly, amount=1000, frequency=Frequency.MONTHLY,
                          at=NOON - timedelta(days=30 * months))  # fmt: skip
        make_donation(session, nina, amount=5000, currency="usd", refunded_amount=1250)
        token = reader_sessions.open_session(session, nina.id, None, NOW)
        return token, _pages(session, monthly, failed, resting)


def _pages(
    session: Session, monthly: Subscription, failed: Subscription, resting: Subscription
) -> dict[str, str]:
    def path(row: Subscription, page: str) -> str:
        return f"/manage/gifts/{session.get_one(Checkout, row.checkout_id).reference}/{page}"

    wish = Wish(ChangeKind.SKIP, "nonce", {})
    change, _is_new = gift_changes.begin(session, resting, wish, NOW)
    secret = runtime.current().config.secret_key
    short = gift_tokens.sign(secret, ShortWay.CARD, monthly.id, NOW)
    return {
        "home": "/manage",
        "confirming": f"/manage?done={change.reference}&looks=9",
        "amount": path(monthly, "amount?amount=12.34"),
        "frequency": path(monthly, "frequency"),
        "skip": path(monthly, "skip"),
        "pause": path(monthly, "pause"),
        "resume": path(resting, "resume"),
        "cancel": path(monthly, "cancel"),
        "not-possible": path(failed, "pause"),
        "card": path(failed, "card"),
        "confirm": path(failed, "confirm"),
        "receipts": "/manage/receipts",
        "data": "/manage/data?saved=1",
        "erase": "/manage/data/erase",
        "short-card": f"/manage/card/{short}",
    }


OUTSIDE = {"ask": "/manage", "gone": "/manage/open/unknown"}


@pytest.mark.parametrize(("language", "widths"), [("en", WIDTHS), ("ru", {"phone": WIDTHS["phone"]})])
def test_pages_of_a_gift_fit_are_accessible_and_kept_as_pictures(
    browser: Browser, site: Website, artifacts: Path, language: str, widths: dict[str, int]
) -> None:
    token, pages = make_gifts()
    with page_to_look_at(browser, {"language": language}, site.base) as page:
        for name, path in OUTSIDE.items():
            page.goto(f"{site.base}{path}")
            look(page, artifacts, f"manage-{name}-{language}", widths)
        page.context.add_cookies([{"name": "manage", "value": token, "url": site.base}])
        for name, path in pages.items():
            page.goto(f"{site.base}{path}")
            look(page, artifacts, f"manage-{name}-{language}", widths)
