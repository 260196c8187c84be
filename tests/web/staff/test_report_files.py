"""A report as a file: the tables of its page, in either kind, whole or one by itself."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from donations.models import Supporter
from donations.models.database import writing
from donations.reports.registry import REPORTS
from tests.factories import make_donation
from tests.web.staff.conftest import Desk


@pytest.mark.parametrize("slug", list(REPORTS))
def test_every_report_is_had_as_a_workbook_without_formulas(
    editor: Desk, nadia: Supporter, slug: str
) -> None:
    with writing() as session:
        make_donation(session, nadia, amount=5000)

    response = editor.client.get(f"/staff/reports/{slug}.xlsx?preset=this-month")

    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{slug}-2026-11-01-2026-11-22.xlsx"'
    )
    book = load_workbook(BytesIO(response.data))
    assert book.sheetnames[0] == "Summary"
    assert book.sheetnames[-1] == "Definitions"
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert editor.client.get(f"/staff/reports/{slug}.csv?preset=this-month").text.startswith("\ufeff")


def test_one_table_is_had_by_itself(editor: Desk, nadia: Supporter) -> None:
    book = load_workbook(BytesIO(editor.client.get("/staff/reports/overview.xlsx").data))
    page = editor.sees("/staff")
    slug = str(page.select("table")[0]["id"])

    one = editor.client.get(f"/staff/reports/overview.xlsx?table={slug}")
    text = editor.client.get(f"/staff/reports/overview.csv?table={slug}")

    assert len(book.sheetnames) > 3
    assert load_workbook(BytesIO(one.data)).sheetnames[:2] == ["Summary", "Rows"]
    assert f"overview-{slug}-" in one.headers["Content-Disposition"]
    assert f"overview-{slug}-" in text.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "path", ["nothing.xlsx", "nothing.csv", "overview.xlsx?table=x", "overview.csv?table=x"]
)
def test_a_report_or_a_table_that_is_not_there_is_not_found(editor: Desk, path: str) -> None:
    assert editor.client.get(f"/staff/reports/{path}").status_code == 404
