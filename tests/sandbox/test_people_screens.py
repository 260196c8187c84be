"""The page for people at a phone's and a desk's width: nothing runs over, axe finds nothing.

The pictures are for people: `.test-artifacts/` after a run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.pictures import keep_picture
from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.test_people import PLACES

pytestmark = pytest.mark.browser
ARTIFACTS = Path(__file__).parents[2] / ".test-artifacts"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def lived(make_desk: Callable[..., Desk]) -> Desk:
    """A desk on which most things have happened at least once."""
    desk = make_desk(retry_delays=(0.05,))
    desk.receiver.answers = [200, 500, 500]
    desk.subscribe(amount=1500)
    desk.subscribe(interval="year", amount=123456, currency="jpy", card=cards.FAILS_LATER)
    (monthly, _) = desk.state()["objects"]["subscription"]
    desk.control("renew", subscription=monthly["id"])
    desk.give(cards.DISPUTED)
    desk.stripe.v1.refunds.create({"payment_intent": desk.give().payment_intent, "amount": 250})
    desk.pay(desk.open(), cards.DECLINED)
    desk.pay(desk.open(), card="", iban=cards.IBAN_SETTLES)
    desk.control("faults", kind="500", path="/v1/refunds", count=0)
    desk.control("faults", seed=4, rate=1, kinds=["429"], path="/v1/events")
    desk.http.get(f"{desk.server.base_url}/v1/events")
    desk.control("deliveries", mode="hold", types=["invoice.*"])
    desk.control("renew", subscription=monthly["id"])
    return desk


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_for_people_fits_and_is_accessible(browser: Browser, lived: Desk, width: int) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page, found = context.new_page(), dict[str, str]()
    events = lived.state()["objects"]["event"]
    event = next(each for each in events if each["type"] == "customer.subscription.created")
    subject = event["data"]["object"]["id"]

    for place in [*PLACES, f"events/{event['id']}", f"objects/{subject}", "objects/gone"]:
        page.goto(f"{lived.server.base_url}/_sandbox/{place}")
        name = place.split("/")[0] + ("-one" if "/" in place else "") if place else "overview"
        keep_picture(page, ARTIFACTS / f"sandbox_people_{name}-{width}.png")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[place] = "runs over"
        axe = Axe().run(page)
        if axe.violations_count:
            found[place] = axe.generate_report()

    context.close()
    assert found == {}


def test_the_forms_work_in_a_browser_and_its_policy_blocks_nothing(browser: Browser, lived: Desk) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    before = lived.state()["now"]

    page.goto(f"{lived.server.base_url}/_sandbox/")
    page.get_by_role("button", name="A day", exact=True).click()
    page.get_by_role("status").get_by_text("The clock has moved.").wait_for()
    skip(page)

    context.close()
    assert lived.state()["now"] >= before + 86_400
    assert complaints == []


def skip(page: Page) -> None:
    """The first stop of the keyboard leads past the navigation."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
