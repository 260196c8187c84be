"""Charts in a real browser, under the policy that every page has, and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.givers import HttpGiver, card
from tests.journeys.stack import Stack, eventually
from tests.journeys.test_giving import GIFTS, fresh_email, thanked, to_stripe
from tests.journeys.test_screens import log_in

pytestmark = pytest.mark.browser


def test_a_chart_is_drawn_under_our_policy_and_printed_with_its_table(
    browser: Browser, stack: Stack, artifacts: Path
) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[0], fresh_email())
    reader.pay(**card())
    thanked(reader)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    log_in(page, stack)
    page.goto(f"{stack.base}/staff?preset=last-30-days&currency={GIFTS[0].currency}")
    chart = page.locator("figure.chart canvas[role=img]")
    # The worker takes a gift into the sums a moment later.
    eventually(lambda: page.reload() and chart.count(), "the gift in the sums")

    assert chart.is_visible()
    assert page.locator("details.rows table").is_hidden()
    assert said == []
    page.emulate_media(media="print")
    assert page.locator("details.rows table").is_visible()
    assert page.locator(".filter-bar").is_hidden()
    assert page.get_by_text("As of").is_visible()
    page.pdf(path=artifacts / "staff_overview.pdf", format="A4")
    context.close()


def test_without_scripts_the_tables_stand_open(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    log_in(page, stack)
    page.goto(f"{stack.base}/staff")

    assert page.locator("details.rows table").first.is_visible()
    assert page.locator("figure.chart").first.is_hidden()
    context.close()
