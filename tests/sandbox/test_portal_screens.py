"""The portal and an invoice at two widths: nothing runs over, axe finds nothing, the policy fits.

The pictures are for people: `.test-artifacts/` after a run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.pictures import keep_picture
from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.portal_visit import PortalVisit
from tests.sandbox.test_people_screens import ARTIFACTS, browser

pytestmark = pytest.mark.browser
__all__ = ["browser"]


@pytest.fixture(params=[360, 1280])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800}, bypass_csp=True)
    yield context.new_page()
    context.close()


def faults_of(page: Page, name: str) -> list[str]:
    width = page.evaluate("window.innerWidth")
    ARTIFACTS.mkdir(exist_ok=True)
    keep_picture(page, ARTIFACTS / f"sandbox_{name}-{width}.png")
    found = ["runs over"] if page.evaluate("document.documentElement.scrollWidth") > width else []
    axe = Axe().run(page)
    return found + ([axe.generate_report()] if axe.violations_count else [])


def test_every_page_of_the_portal_fits_and_is_accessible(desk: Desk, page: Page) -> None:
    session = desk.subscribe(amount=123456, currency="jpy", interval="year")
    customer, found = str(session.customer), dict[str, list[str]]()
    desk.subscribe(customer=customer, amount=1500)
    visit = PortalVisit.open(desk, customer, return_url="http://127.0.0.1:9/manage")

    def look(name: str, path: str) -> None:
        page.goto(visit.url + path)
        found[name] = faults_of(page, name)

    look("portal_cancel", f"/subscriptions/{session.subscription}/cancel")
    visit.cancel(str(session.subscription), "period_end")
    look("portal", "")
    look("portal_card", "/card")
    page.get_by_role("button", name="Save card").click()
    found["portal_card_errors"] = faults_of(page, "portal_card_errors")
    page.fill("#cardNumber", cards.CHALLENGE)
    page.fill("#cardExpiry", "12 / 34")
    page.fill("#cardCvc", "123")
    page.get_by_role("button", name="Save card").click()
    found["portal_challenge"] = faults_of(page, "portal_challenge")
    look("portal_done", "/done?of=card")
    look("portal_closed", "/subscriptions/none/cancel")

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_every_state_of_an_invoices_page_fits_and_is_accessible(desk: Desk, page: Page) -> None:
    session = desk.subscribe(amount=123456, currency="jpy", interval="year")
    desk.control("cards", subscription=session.subscription, behaviour="challenge")
    desk.control("renew", subscription=session.subscription)
    (invoice,) = [found for found in desk.state()["objects"]["invoice"] if found["status"] == "open"]
    found = dict[str, list[str]]()

    page.goto(invoice["hosted_invoice_url"])
    found["invoice_asked"] = faults_of(page, "invoice_asked")
    page.get_by_role("button", name="Fail").click()
    found["invoice"] = faults_of(page, "invoice")
    page.get_by_role("button", name="Pay").click()
    found["invoice_errors"] = faults_of(page, "invoice_errors")
    page.fill("#cardNumber", cards.PAYS)
    page.fill("#cardExpiry", "12 / 34")
    page.fill("#cardCvc", "123")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("heading", name="This invoice is paid").wait_for()
    found["invoice_paid"] = faults_of(page, "invoice_paid")

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_deep_link_leads_a_browser_back_past_the_pages_own_policy(desk: Desk, browser: Browser) -> None:
    customer = str(desk.subscribe().customer)
    # Another name for the same host is another origin, which the policy has to allow.
    back = f"http://localhost:{desk.server.settings.port}/_sandbox/"
    visit = PortalVisit.open(
        desk,
        customer,
        flow_data={
            "type": "payment_method_update",
            "after_completion": {"type": "redirect", "redirect": {"return_url": back}},
        },
    )
    context = browser.new_context(java_script_enabled=False)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(visit.url)
    page.fill("#cardNumber", cards.PAYS)
    page.fill("#cardExpiry", "12 / 34")
    page.fill("#cardCvc", "123")
    page.get_by_role("button", name="Save card").click()
    page.wait_for_url(back)

    context.close()
    assert complaints == []
