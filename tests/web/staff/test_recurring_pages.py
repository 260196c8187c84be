"""Recurring and Cohorts as pages: their figures open, and their rows are there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models.database import writing
from donations.models.vault import Vault
from donations.runtime import current
from donations.services import movements
from tests.factories import NOON, ZONE, make_subscription, make_supporter
from tests.web.staff.conftest import Desk

SPRING = NOON - timedelta(days=200)


@pytest.fixture
def history(vault: Vault) -> None:
    with writing() as session:
        for day, currency in ((0, "eur"), (40, "eur"), (190, "usd")):
            when = SPRING + timedelta(days=day)
            gift = make_subscription(session, make_supporter(session, vault), at=when, currency=currency)
            movements.book(session, gift, zone=ZONE, now=when)
            if currency == "eur":
                gift.standing, gift.ended_at = Standing.CANCELED, when + timedelta(days=150)
                movements.book(session, gift, zone=ZONE, now=when + timedelta(days=150))
    refresh_rollups.refresh_all(current())


@pytest.mark.parametrize("slug", ["recurring", "cohorts"])
def test_its_figures_open_to_rows_that_come_to_them(editor: Desk, history: None, slug: str) -> None:
    page = editor.sees(f"/staff/reports/{slug}?preset=last-30-days&zone=Europe/Moscow&placement=@none")
    figures = page.select("a.figure-link")

    assert len(figures) > 30
    for figure in figures[:: len(figures) // 8]:
        rows = editor.sees(str(figure["href"]))
        value = rows.select_one(".figure-value")
        assert value is not None, figure["href"]
        assert value.text == figure.text
        assert rows.select(".formula dt")
        assert "something was recorded while" not in rows.text, figure["href"]
        assert figure.text.endswith("%") or "Exactly the figure above." in rows.text, figure["href"]


def test_every_table_of_it_can_be_downloaded(editor: Desk, history: None) -> None:
    page = editor.sees("/staff/reports/recurring?preset=last-12-months")

    links = [str(link["href"]) for link in page.select(".section-foot a")]
    assert len(links) > 8
    assert {editor.client.get(link).status_code for link in links} == {200}


def test_what_is_not_old_enough_is_left_blank(editor: Desk, history: None) -> None:
    page = editor.sees("/staff/reports/cohorts?preset=last-30-days")

    tables = [table for table in page.select("table") if table.select("td.heat")]
    cells = [cell.text for table in tables for cell in table.select("td")]
    assert "" in cells
    assert "–" not in cells
