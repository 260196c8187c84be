"""Every page at a phone's and a desk's width: nothing runs over, axe finds nothing, and a picture is kept.

The pictures are for people: `.test-artifacts/` after a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.givers import SEPA_SETTLES, BrowserGiver, HttpGiver, card
from tests.journeys.looking import look, page_to_look_at
from tests.journeys.stack import Stack, eventually
from tests.journeys.test_giving import CONFIRMING, GIFTS, fresh_email, thanked, to_stripe

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with page_to_look_at(browser) as page:
        yield page


def article(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/")


def support(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/support")


def support_with_errors(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/support?frequency=once&amount=33")
    page.fill("#other_amount", "lots")
    page.fill("#email", "nina@")
    page.click(".submit .button")
    expect(page).to_have_title(re.compile("^Error: "))


def article_in_russian(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/?lang=ru")


def support_in_russian(page: Page, stack: Stack) -> None:
    """By the language link, after which what was typed is still there; with an amount of the reader's
    own, which the script writes as Russian does."""
    page.goto(f"{stack.base}/support?amount=33")
    page.fill("#email", "nina@example.com")
    page.get_by_role("link", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("#email")).to_have_value("nina@example.com")
    page.fill("#other_amount", "1 250,50")
    page.check("#cover_fees")
    button = page.locator(".submit .button")
    expect(button).to_have_text("Жертвовать 1 269,80 € в месяц", use_inner_text=True)
    page.fill("#other_amount", "много")
    expect(button).to_have_text("Жертвовать каждый месяц", use_inner_text=True)
    page.fill("#other_amount", "33")


def support_with_errors_in_russian(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/support?lang=ru&frequency=once&amount=33")
    page.fill("#other_amount", "10.50")
    page.fill("#email", "nina@")
    page.click(".submit .button")
    expect(page).to_have_title(re.compile("^Ошибка: "))


def thanks_received_in_russian(page: Page, stack: Stack) -> None:
    """All the way by the language of the address: this browser speaks English."""
    page.goto(f"{stack.base}/support?lang=ru")
    page.fill("#email", fresh_email())
    page.click(".submit .button")
    giver = BrowserGiver(page)
    giver.pay(**card())
    eventually(lambda: "Спасибо!" in giver.text, "thanks in Russian")


def not_found_in_russian(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/no-such-page?lang=ru")


def support_without_stripe(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/support")
    page.fill("#email", fresh_email())
    stack.control("faults", path="/v1/checkout/sessions", count=10, status=500)
    page.click(".submit .button")
    expect(page.get_by_text("We could not reach our payment provider").first).to_be_visible()
    stack.control("faults", clear=True)


def at_stripe(page: Page, stack: Stack) -> BrowserGiver:
    giver = BrowserGiver(page)
    to_stripe(giver, stack, GIFTS[1], fresh_email())
    return giver


def sandbox_checkout(page: Page, stack: Stack) -> None:
    at_stripe(page, stack)


def back_from_stripe(page: Page, stack: Stack) -> None:
    at_stripe(page, stack).leave_stripe()


def thanks_received(page: Page, stack: Stack) -> None:
    giver = at_stripe(page, stack)
    giver.pay(**card())
    thanked(giver)


_thanks: dict[str, str] = {}
"""Paths of thanks that several pictures show, each given for only once."""


def thanks_for_one(stack: Stack) -> str:
    """Of a gift given once, which offers a monthly one."""
    key = f"once {stack.base}"
    if key not in _thanks:
        giver = HttpGiver()
        to_stripe(giver, stack, GIFTS[0], fresh_email())
        giver.pay(**card())
        thanked(giver)
        _thanks[key] = urlsplit(giver.url).path
    return stack.base + _thanks[key]


def thanks_for_later(stack: Stack) -> str:
    """Of the monthly gift that was offered there."""
    key = f"later {stack.base}"
    if key not in _thanks:
        giver = HttpGiver()
        giver.open(thanks_for_one(stack))
        giver.submit()
        giver.pay(**card())
        thanked(giver)
        _thanks[key] = urlsplit(giver.url).path
    return stack.base + _thanks[key]


def thanks_with_offer(page: Page, stack: Stack) -> None:
    page.goto(thanks_for_one(stack))
    expect(page.locator(".offer .button")).to_have_count(2)


def thanks_with_offer_in_russian(page: Page, stack: Stack) -> None:
    page.goto(f"{thanks_for_one(stack)}?lang=ru")


def thanks_for_a_later_gift(page: Page, stack: Stack) -> None:
    page.goto(thanks_for_later(stack))
    page.get_by_role("button", name="Hide the appeal").click()
    expect(page.get_by_role("button", name="Show the appeal again")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("€5 every month will begin on")


def thanks_for_a_later_gift_in_russian(page: Page, stack: Stack) -> None:
    page.goto(f"{thanks_for_later(stack)}?lang=ru")


def article_without_its_appeal(page: Page, stack: Stack) -> None:
    page.goto(thanks_for_one(stack))
    page.get_by_role("button", name="Hide the appeal").click()
    expect(page.get_by_role("button", name="Show the appeal again")).to_be_visible()
    page.get_by_role("link", name="Back to the article").click()
    expect(page.locator("article h1, main h1").first).to_be_visible()
    expect(page.locator(".appeal")).to_have_count(0)


def verify(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/verify")


def verify_not_confirmed_in_russian(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/verify?lang=ru")
    page.fill("#number", "R-0000000000")
    page.fill("#code", "AAAA-AAAA-AAAA-AAAA")
    page.click("main form .button")
    expect(page.locator(".notice")).to_be_visible()


def verify_with_errors(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/verify")
    page.click("main form .button")
    expect(page).to_have_title(re.compile("^Error: "))


def thanks_on_its_way(page: Page, stack: Stack) -> None:
    giver = BrowserGiver(page)
    to_stripe(giver, stack, GIFTS[0], fresh_email())
    giver.pay(iban=SEPA_SETTLES)
    eventually(lambda: CONFIRMING in giver.text, "on its way")


def thanks_not_paid(page: Page, stack: Stack) -> None:
    giver = at_stripe(page, stack)
    (session,) = (s for s in stack.state()["objects"]["checkout.session"] if s["id"] in giver.url)
    giver.open(session["success_url"])
    eventually(lambda: "You have not been charged" in giver.text, "not paid")


def not_found(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/no-such-page")


def log_in(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/staff")
    page.fill("[name=email]", "staff@example.com")
    page.fill("[name=password]", stack.staff_password)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".staff-nav")).to_be_visible()


def staff_login(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.base}/staff/login")


def staff_overview(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    page.goto(f"{stack.base}/staff")


def staff_rows(page: Page, stack: Stack) -> None:
    """Behind the first figure of the overview, with every filter unfolded on the way."""
    staff_overview(page, stack)
    page.goto(f"{stack.base}/staff?preset=last-30-days&known_on=2000-01-01")
    assert page.locator(".more-filters[open]").is_visible()
    page.locator("a.figure-link").first.click()
    page.locator(".figure-value").wait_for()


def staff_saved_views(page: Page, stack: Stack) -> None:
    staff_overview(page, stack)
    page.get_by_text("Save this view").click()
    page.fill("#view-name", f"Weekly meeting {fresh_email()}")
    page.get_by_role("button", name="Save").click()
    page.locator("#views").wait_for()


def staff_supporters(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    page.goto(f"{stack.base}/staff/supporters")


def staff_supporter(page: Page, stack: Stack) -> None:
    reader, email = HttpGiver(), fresh_email()
    to_stripe(reader, stack, GIFTS[1], email)
    reader.pay(**card())
    thanked(reader)
    staff_supporters(page, stack)
    page.locator("main a[href*='/staff/supporters/']").first.click()
    page.wait_for_url("**/staff/supporters/*")


def staff_donations(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    page.goto(f"{stack.base}/staff/donations")


def staff_reconcile(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    page.goto(f"{stack.base}/staff/reconcile")
    eventually(lambda: page.reload() and page.locator("#last-runs").count(), "the first comparison")


def staff_messages(page: Page, stack: Stack) -> None:
    log_in(page, stack)
    page.goto(f"{stack.base}/staff/messages")


def staff_message(page: Page, stack: Stack) -> None:
    staff_messages(page, stack)
    page.get_by_role("link", name="Payment failed").click()
    page.frame_locator("iframe").get_by_role("link", name="Update your card").wait_for()


def staff_inbox(page: Page, stack: Stack) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[1], fresh_email())
    reader.pay(**card())
    thanked(reader)
    log_in(page, stack)
    page.goto(f"{stack.base}/staff/inbox")
    eventually(lambda: page.reload() and page.locator("#inbox tbody tr").count(), "the receipt")


def staff_inbox_message(page: Page, stack: Stack) -> None:
    staff_inbox(page, stack)
    page.locator("#inbox tbody a").first.click()
    page.frame_locator("iframe").get_by_role("heading", name="Thank you").wait_for()


SCREENS: list[Callable[[Page, Stack], object]] = [
    article, support, support_with_errors, support_without_stripe, sandbox_checkout, back_from_stripe,
    thanks_received, thanks_on_its_way, thanks_not_paid, not_found,
    article_in_russian, support_in_russian, support_with_errors_in_russian, thanks_received_in_russian,
    not_found_in_russian,
    thanks_with_offer, thanks_with_offer_in_russian,
    thanks_for_a_later_gift, thanks_for_a_later_gift_in_russian,
    article_without_its_appeal, verify, verify_not_confirmed_in_russian, verify_with_errors,
    staff_login, staff_overview, staff_rows, staff_saved_views,
    staff_supporters, staff_supporter, staff_donations, staff_reconcile, staff_messages, staff_message,
    staff_inbox, staff_inbox_message,
]  # fmt: skip


@pytest.mark.parametrize("show", SCREENS, ids=lambda show: show.__name__)
def test_a_page_fits_is_accessible_and_is_kept_as_a_picture(
    page: Page, stack: Stack, artifacts: Path, show: Callable[[Page, Stack], object]
) -> None:
    show(page, stack)

    look(page, artifacts, show.__name__)
