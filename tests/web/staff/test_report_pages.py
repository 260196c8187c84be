"""What every report's page has: its place among the others, its filters, and figures that open."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook

from donations.jobs import refresh_rollups
from donations.models import StaffRole
from donations.models.database import writing
from donations.models.vault import Vault
from donations.reports.paging import PAGE_SIZE
from donations.reports.registry import REPORTS
from donations.reports.rows.registry import ROWS
from donations.runtime import current
from tests.factories import NOON, make_donation, make_supporter
from tests.web.staff.conftest import Desk

ALL = {
    "preset": "last-7-days",
    "compare": "year",
    "zone": "Europe/Moscow",
    "currency": "eur",
    "frequency": "once",
    "campaign": "spring",
    "article": "@none",
    "placement": "header",
    "status": "active",
    "known_on": "2026-11-20",
}
ASKED = "&".join(f"{name}={word}" for name, word in ALL.items())


@pytest.fixture
def gift(vault: Vault) -> None:
    with writing() as session:
        make_donation(session, make_supporter(session, vault, email="nina@example.com"), amount=1041, at=NOON)
    refresh_rollups.refresh_all(current())


def query(link: Tag) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(str(link["href"])).query))


def one(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def test_every_filter_is_kept_by_every_link_of_the_page(editor: Desk, gift: None) -> None:
    page = editor.sees(f"/staff/reports/overview?{ASKED}&stray=1")

    links = page.select(".report-tools a, .section-foot a, .reports-nav a[href*='/reports/']")
    assert links
    for link in links:
        assert query(link).items() >= ALL.items(), link
        assert "stray" not in query(link)
    for link in page.select(".presets a"):
        assert query(link).items() >= {name: word for name, word in ALL.items() if name != "preset"}.items()


def test_the_form_shows_what_was_asked_and_sends_it_again(editor: Desk) -> None:
    page = editor.sees(f"/staff/reports/overview?{ASKED}")

    sent = {str(field["name"]): str(field.get("value", "")) for field in page.select(".report-filters input")}
    for choice in page.select(".report-filters select"):
        sent[str(choice["name"])] = str(one(choice, "option[selected]")["value"])
    assert {name: word for name, word in sent.items() if word} == ALL
    assert one(page, ".more-filters").has_attr("open")
    assert not one(editor.sees("/staff"), ".more-filters").has_attr("open")


def test_the_page_says_which_filters_its_figures_do_not_follow(editor: Desk) -> None:
    assert editor.sees("/staff?currency=eur").select(".ignored") == []

    said = one(editor.sees("/staff?campaign=spring&status=active"), ".ignored").text
    assert "This page does not go by the status:" in said


def test_every_report_is_found_under_a_heading(editor: Desk) -> None:
    page = editor.sees("/staff")

    found = [
        str(link["href"]).rpartition("/")[2] for link in page.select(".reports-nav a[href*='/reports/']")
    ]
    assert sorted(found) == sorted(REPORTS)
    assert one(page, ".reports-nav a[aria-current=page]").text == "Overview"


def test_every_figure_that_opens_leads_to_rows_that_come_to_it(editor: Desk, gift: None) -> None:
    # The overview does not follow the status, so its rows must not either.
    asked = "?from=2026-11-22&to=2026-11-22&compare=year&zone=UTC&status=active"
    figures = editor.sees(f"/staff{asked}").select("a.figure-link")

    assert figures
    for figure in figures:
        page = editor.sees(str(figure["href"]))
        assert one(page, ".figure-value").text == figure.text
        assert "Exactly the figure above." in page.text, figure["href"]
        assert page.select(".formula dt")
    back = editor.sees(str(figures[0]["href"])).select_one(".back a")
    assert back is not None
    assert str(back["href"]).partition("#")[0] == f"/staff/reports/overview{asked}"


def test_whoever_sees_only_sums_is_led_to_no_rows(
    logged_in_as: Callable[[StaffRole], Desk], gift: None
) -> None:
    viewer = logged_in_as(StaffRole.VIEWER)

    assert viewer.sees("/staff").select("a.figure-link") == []
    assert viewer.client.get("/staff/rows/donations").status_code == 403


def test_rows_name_people_as_other_pages_do(editor: Desk, gift: None) -> None:
    page = editor.sees("/staff/rows/donations?preset=last-7-days")

    assert one(page, ".report-rows tbody a").text == "n***@example.com"
    assert "1 donation comes to €10.41." in page.text


def test_all_rows_of_a_figure_are_its_files(editor: Desk, gift: None, vault: Vault) -> None:
    with writing() as session:
        nina = make_supporter(session, vault)
        for number in range(PAGE_SIZE):
            make_donation(session, nina, amount=100 + number, at=NOON)
    offered = one(editor.sees("/staff/rows/donations?preset=last-7-days&currency=eur"), ".exports")
    as_excel, as_csv = (str(link["href"]) for link in offered.select("a"))

    response = editor.client.get(as_csv)

    assert offered.text == f"Download all {PAGE_SIZE + 1} rows as an Excel file or CSV"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="donations-2026-11-16-2026-11-22.csv"'
    )
    head, *rows = csv.reader(StringIO(response.data.decode("utf-8-sig"), newline=""))
    amounts = [row[head.index("Amount")] for row in rows[: PAGE_SIZE + 1]]
    assert sorted(amounts) == sorted(["10.41", *(f"1.{n:02}" for n in range(PAGE_SIZE))])
    assert rows[PAGE_SIZE + 1 :][:2] == [[], ["Definitions"]]
    sheet = load_workbook(BytesIO(editor.client.get(as_excel).data))["Rows"]
    cells = [row[head.index("Amount")].value for row in sheet.iter_rows(min_row=2)]
    assert [f"{each:.2f}" for each in cells] == amounts


def test_a_figure_that_moved_is_not_claimed(editor: Desk, gift: None) -> None:
    for figure in (
        "overview/income/7/gross",
        "overview/income/0/change",
        "x/y",
        "//-1/",
    ):
        page = editor.sees(f"/staff/rows/donations?currency=eur&figure={figure}&within=preset%3Dlast-7-days")
        assert page.select(".figure-value") == []
    other_rows = "currency=eur&figure=overview/income/0/gross&within=preset%3Dlast-7-days"
    assert editor.sees(f"/staff/rows/donations?{other_rows}&source=offline").select(".figure-value") == []


def test_no_words_break_the_rows(editor: Desk) -> None:
    nonsense = "sum=x&source=y&settled=z&figure=&within=%00=%00&page=%00"
    for kind in ROWS:
        for words in ("", nonsense, "page=99"):
            assert "No rows stand behind this." in editor.sees(f"/staff/rows/{kind}?{words}").text


def test_rows_that_there_are_not_are_not_found(editor: Desk) -> None:
    for kind in ("people", "Donations", "x%00"):
        assert editor.client.get(f"/staff/rows/{kind}").status_code == 404
