"""The overview as page and as CSV: the same tables, whatever was asked."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup

from donations.domain.gifts import Frequency
from donations.jobs import refresh_rollups
from donations.models.database import writing
from donations.models.vault import Vault
from donations.runtime import current
from donations.services import movements
from tests.factories import NOON, ZONE, make_donation, make_refund, make_subscription, make_supporter
from tests.web.staff.conftest import Desk


@pytest.fixture
def history(vault: Vault) -> None:
    with writing() as session:
        nina = make_supporter(session, vault, email="nina@example.com")
        gift = make_subscription(session, nina, amount=1041, at=NOON - timedelta(days=31))
        for days in (31, 1):
            make_donation(
                session,
                nina,
                amount=1041,
                frequency=Frequency.MONTHLY,
                subscription=gift,
                at=NOON - timedelta(days=days),
            )
        make_refund(session, make_donation(session, nina, amount=500000, currency="usd", at=NOON))
        make_donation(session, nina, amount=900000, currency="usd", at=NOON - timedelta(days=40))
        movements.book(session, gift, zone=ZONE, now=NOON - timedelta(days=31))
    refresh_rollups.refresh_all(current())


def page_tables(page: BeautifulSoup) -> dict[str, list[list[str]]]:
    tables = {str(table["id"]): table for table in page.select(".report-section table")}
    return {
        slug: [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in table.select("tr")]
        for slug, table in tables.items()
    }


def csv_rows(desk: Desk, query: str) -> list[list[str]]:
    response = desk.client.get(f"/staff/reports/overview.csv{query}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(response.data.decode("utf-8-sig"), newline="")))


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def plain(shown: str) -> str:
    """A cell of the page in the way that CSV writes it."""
    day = re.fullmatch(r"(\d+) (\w{3}) (\d{4})", shown)
    if day is not None:
        return f"{day[3]}-{MONTHS.index(day[2]) + 1:02}-{int(day[1]):02}"
    number = shown.replace("−", "-").removesuffix(" %")
    bare = re.sub(r"[€$£,+]", "", number)
    return bare if re.fullmatch(r"-?\d+(\.\d+)?", bare) else {"–": ""}.get(shown, shown)


@pytest.mark.parametrize(
    "query", ["", "?preset=last-7-days", "?from=2026-10-01&to=2026-10-31&currency=usd", "?frequency=monthly"]
)
def test_the_csv_holds_exactly_the_tables_of_the_page(editor: Desk, history: None, query: str) -> None:
    page = page_tables(editor.sees(f"/staff/reports/overview{query}"))

    everything = csv_rows(editor, query)
    for slug, rows in page.items():
        alone = csv_rows(editor, f"{query or '?'}&table={slug}")
        expected = [[cell.replace("Change", "Change (%)") for cell in rows[0]]]
        expected += [[plain(cell) for cell in row] for row in rows[1:]]
        assert alone[: len(expected)] == expected
        start = everything.index(expected[0])
        assert any(everything[at : at + len(expected)] == expected for at in range(start, len(everything))), (
            slug
        )


def test_the_page_shows_what_was_given_and_left_beside_the_days_before(editor: Desk, history: None) -> None:
    tables = page_tables(editor.sees("/staff"))

    assert tables["income"][1:] == [
        ["EUR", "€10.41", "€10.41", "€0.00", "0.0 %", "€10.41", "€10.41", "1", "1"],
        ["USD", "$0.00", "$9,000.00", "−$9,000.00", "−100.0 %", "$5,000.00", "$9,000.00", "1", "1"],
    ]
    assert tables["taken-back"][2] == ["USD", "1", "0", "$5,000.00", "$0.00", "0", "0", "$0.00", "$0.00"]
    assert tables["mrr"][1] == ["EUR", "€10.41", "€10.41", "€0.00", "1", "1"]
    assert tables["active-recurring-supporters"][1][:3] == ["1", "1", "0"]
    assert len(tables["gross-by-day"]) == 1 + 2 * 30


def test_before_anyone_gave_the_page_says_so(editor: Desk) -> None:
    page = editor.sees("/staff")

    assert "Nothing was given in these days. Nobody gives regularly." in page.text
    assert len(page.select("#gross-by-day tbody tr")) == 30


def test_a_chart_is_drawn_from_the_cells_of_its_own_table(editor: Desk, history: None) -> None:
    page = editor.sees("/staff")

    chart = page.select_one("figure.chart[data-table=gross-by-day]")
    assert chart is not None
    assert (chart["data-chart"], chart["data-x"], chart["data-series"]) == ("bars", "day", "gross")
    table = page.select_one("details[open] #gross-by-day")
    assert table is not None
    heads = [str(head["data-key"]) for head in table.select("th[scope=col]")]
    rows = [row.select("th, td") for row in table.select("tbody tr")]
    values = [cells[heads.index("gross")]["data-value"] for cells in rows]
    assert (sorted(values, key=str)[-2:], values.count("0.00")) == (["10.41", "5000.00"], 58)
    assert [str(each["src"]) for each in page.select("script")] == [
        "/static/js/chart.umd.min.js",
        "/static/js/charts.js",
    ]


@pytest.mark.parametrize("path", ["/staff", "/staff/reports/overview", "/staff/reports/overview.csv"])
@pytest.mark.parametrize(
    "query",
    [
        "?from=2026-13-40&compare=z&zone=Mars",
        "?to=x&preset=y&status=z&known_on=soon",
        "?from=9999-12-31&campaign=%00&article=@none",
        "?currency=zz&frequency=z&page=%00",
    ],
)
def test_no_words_in_the_address_break_the_report(editor: Desk, path: str, query: str) -> None:
    assert editor.client.get(path + query).status_code == 200


def test_a_date_that_is_none_is_named_on_the_page(editor: Desk) -> None:
    page = editor.sees("/staff?from=2026-13-40")

    notice = page.select_one(".notice-warning")
    assert notice is not None
    assert "Write dates like 2026-11-22" in notice.text
    assert "24 October to 22 November 2026" in page.text


def test_filters_survive_in_every_link_of_the_page(editor: Desk, history: None) -> None:
    page = editor.sees("/staff?currency=usd&preset=last-7-days&stray=1")

    for link in page.select(".section-foot a, .exports a"):
        assert "currency=usd" in str(link["href"])
        assert "preset=last-7-days" in str(link["href"])
        assert "stray" not in str(link["href"])
    chosen = page.select_one("#filter-currency option[selected]")
    assert chosen is not None
    assert chosen["value"] == "usd"


def test_what_the_figures_mean_stands_beside_them(editor: Desk) -> None:
    page = editor.sees("/staff")
    sections = page.select(".report-section:not(.print-only)")
    beside = [term.text for section in sections for term in section.select(".definitions dt")]
    on_paper = [term.text for term in page.select(".print-only .definitions dt")]

    assert len(sections) == 7
    assert all(section.select(".definitions dt") for section in sections)
    assert set(on_paper) == set(beside)
    assert len(on_paper) < len(beside)


def test_a_table_that_there_is_not_is_not_found(editor: Desk) -> None:
    assert editor.client.get("/staff/reports/overview.csv?table=nothing").status_code == 404


def test_a_download_is_named_after_what_it_holds(editor: Desk) -> None:
    response = editor.client.get("/staff/reports/overview.csv?preset=last-7-days&table=mrr")

    name = response.headers["Content-Disposition"]
    assert name == 'attachment; filename="overview-mrr-2026-11-16-2026-11-22.csv"'


def test_no_page_carries_inline_styles_or_scripts(editor: Desk, history: None) -> None:
    for path in ("/staff", "/staff/supporters", "/staff/donations"):
        page = editor.sees(path)
        assert page.select("[style], style, script:not([src]), [onclick]") == []
