"""Reference rates: the list, the upload, and the look through it before anything is stored.

The values are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from bs4 import BeautifulSoup
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from donations.models import RateUpload, ReferenceRate, StaffRole
from donations.models.database import reading
from donations.web.staff.rates import LARGEST_FILE
from tests.web.staff.conftest import Clock, Desk

OCTOBER = "Date,USD,GBP,CYP,\n" + "".join(
    f"2026-10-{day:02},1.12,0.857,N/A,\n" for day in range(1, 32) if day not in {3, 4, 10, 11, 17, 18, 24, 25}
)


def uploads(desk: Desk, content: bytes, name: str = "eurofxref-hist.csv") -> TestResponse:
    token = desk.sees("/staff/rates").find("input", {"name": "csrf_token"})
    assert token is not None
    # Written out here, because the test client would put what is large into a file that it leaves open.
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token["value"]}\r\n'.encode(),
        f'--x\r\nContent-Disposition: form-data; name="table"; filename="{name}"\r\n\r\n'.encode(),
        content,
        b"\r\n--x--\r\n",
    ]
    return desk.client.post(
        "/staff/rates", data=b"".join(parts), content_type="multipart/form-data; boundary=x"
    )


def previews(desk: Desk, content: str) -> str:
    response = uploads(desk, content.encode())
    assert response.status_code == 303
    return response.headers["Location"]


def stores(desk: Desk, preview: str, **fields: str) -> BeautifulSoup:
    response = desk.sends(preview, preview, **fields)
    assert (response.status_code, response.headers["Location"]) == (303, preview)
    return desk.sees(preview)


def rows(page: BeautifulSoup, table: str) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in page.select(f"#{table} tbody tr")
    ]


def stored() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(ReferenceRate)) or 0


def test_no_rates_yet_is_said_in_words(editor: Desk) -> None:
    assert "No rates are stored yet." in editor.sees("/staff/rates").text


def test_every_rate_is_shown_with_its_fate_before_anything_is_stored(editor: Desk) -> None:
    page = editor.sees(previews(editor, OCTOBER))

    assert rows(page, "lines") == [
        ["October 2026", "GBP", "0.857000", "–", "23 days", "New"],
        ["October 2026", "USD", "1.120000", "–", "23 days", "New"],
    ]
    assert "nobody can give in them: CYP" in page.text
    assert "not whole" not in page.text
    assert stored() == 0


def test_what_is_confirmed_is_stored_once_and_listed_with_who_and_whence(editor: Desk) -> None:
    preview = previews(editor, OCTOBER)
    token = editor.sees(preview).find("input", {"name": "csrf_token"})
    assert token is not None
    after = stores(editor, preview)
    again = editor.client.post(preview, data={"csrf_token": str(token["value"])})

    assert "2 new, 0 replaced" in after.text
    assert after.select("form.staff-form") == []
    assert (again.status_code, stored()) == (303, 2)
    assert rows(editor.sees("/staff/rates?currency=usd"), "rates") == [
        [
            "October 2026", "USD", "1.120000", "23 days", "22 Nov 2026, 14:00", "Anna Petrova",
            "eurofxref-hist.csv",
        ]
    ]  # fmt: skip


def test_another_value_is_kept_out_unless_it_is_to_replace_and_the_former_stays_in_sight(
    editor: Desk,
) -> None:
    stores(editor, previews(editor, OCTOBER))
    changed = OCTOBER.replace("1.12", "1.13")

    kept = previews(editor, changed)
    page = editor.sees(kept)
    stores(editor, kept)
    listed = rows(editor.sees("/staff/rates"), "rates")[1][2]
    after = stores(editor, previews(editor, changed), replace="yes")
    replaced = rows(editor.sees("/staff/rates"), "rates")[1][2]

    assert rows(page, "lines")[0] == ["October 2026", "USD", "1.130000", "1.120000", "23 days", "Differs"]
    assert "Replace the rate that differs" in page.text
    assert listed == "1.120000"
    assert "0 new, 1 replaced" in after.text
    assert replaced == "1.130000 1.120000, stored 22 Nov 2026, replaced"


def test_a_month_that_is_not_whole_is_told_before_it_is_fixed(editor: Desk) -> None:
    page = editor.sees(previews(editor, "Date,USD\n2026-11-20,1.13\n"))

    assert "Some months are not whole" in page.text
    assert rows(page, "lines") == [["November 2026", "USD", "1.130000", "–", "1 day not whole", "New"]]


def test_a_table_with_a_bad_line_cannot_be_stored_and_says_why(editor: Desk) -> None:
    preview = previews(editor, OCTOBER.replace("1.12", "<b>", 1))

    page = editor.sees(preview)
    stores_nothing = editor.sends(preview, "/staff/rates")

    assert rows(page, "problems") == [["2", "USD: “<b>” is no rate like 1.0905."]]
    assert page.select("form.staff-form") == []
    assert (stores_nothing.status_code, stored()) == (303, 0)


def test_a_table_that_is_stored_already_leaves_nothing_to_do(editor: Desk) -> None:
    stores(editor, previews(editor, OCTOBER))

    assert "There is nothing to store" in editor.sees(previews(editor, OCTOBER)).text


def test_whatever_is_uploaded_is_answered_in_a_sentence(editor: Desk) -> None:
    for content in (b"PK\x03\x04", b"\x00\xff" * 99, b"Date,USD,\n\x00,1,\n"):
        response = uploads(editor, content, "../<b>.csv")

        assert "Nothing of this table can be used" in editor.sees(response.headers["Location"]).text
    empty = uploads(editor, b"")
    assert empty.status_code == 422
    assert "Choose a file with a table" in empty.text


def test_a_form_without_a_file_is_asked_for_one(editor: Desk) -> None:
    response = editor.sends("/staff/rates", "/staff/rates")

    assert response.status_code == 422
    assert "<title>Error: Reference rates" in response.text


def test_a_file_of_megabytes_is_read_and_a_larger_one_is_refused(editor: Desk) -> None:
    fits = uploads(editor, OCTOBER.encode() + b"\n" * (LARGEST_FILE - 2000))
    too_large = uploads(editor, b"\n" * (LARGEST_FILE + 100_000))

    assert fits.status_code == 303
    assert too_large.status_code == 413
    assert "That file is too large" in too_large.text


def test_a_form_without_its_token_stores_nothing(editor: Desk) -> None:
    response = editor.client.post("/staff/rates", data={"table": (BytesIO(OCTOBER.encode()), "t.csv")})

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(RateUpload)) == 0
    assert response.status_code == 400


def test_long_lists_come_in_pages(editor: Desk, clock: Clock) -> None:
    months = [f"{year}-{month:02}" for year in range(2020, 2026) for month in range(1, 13)]
    table = "Date,USD,\n" + "".join(f"{month}-01,1.1,\n" for month in months)
    preview = previews(editor, table)

    first, second = editor.sees(preview), editor.sees(f"{preview}?page=2")
    stores(editor, preview)
    listed = editor.sees("/staff/rates?page=2")

    assert [len(rows(page, "lines")) for page in (first, second)] == [50, 22]
    assert rows(first, "lines")[0][0] == "December 2025"
    assert len(rows(listed, "rates")) == 22
    assert "Page 2 of 2" in listed.text


def test_only_those_who_keep_the_books_come_here(logged_in_as: Callable[[StaffRole], Desk]) -> None:
    statuses = {role: logged_in_as(role).client.get("/staff/rates").status_code for role in StaffRole}

    assert statuses == {
        StaffRole.VIEWER: 403,
        StaffRole.SUPPORTER_CARE: 403,
        StaffRole.FINANCE: 200,
        StaffRole.ADMIN: 200,
    }


def test_an_upload_that_is_not_there_is_not_found(editor: Desk) -> None:
    assert "We could not find that upload" in editor.sees("/staff/rates/uploads/none", 404).text
