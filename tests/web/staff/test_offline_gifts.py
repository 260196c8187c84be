"""Entering gifts that came without Stripe."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from donations.models import Donation, StaffRole, Supporter
from donations.models.database import reading, writing
from tests.sync.desk import only
from tests.web.staff.conftest import Desk, page_of, take_in

FORM = "/staff/donations/offline"
GIFT = {
    "received_on": "2026-11-20",
    "amount": "1,250.50",
    "currency": "eur",
    "method": "bank_transfer",
    "email": " Nadia@Example.COM ",
}


def sends(desk: Desk, **fields: str) -> TestResponse:
    return desk.sends(FORM, FORM, **fields)


def hidden_in(response: TestResponse) -> dict[str, str]:
    page = BeautifulSoup(response.text, "html.parser")
    fields = page.select("form[action='/staff/donations/offline'] input[type=hidden]")
    return {str(field["name"]): str(field["value"]) for field in fields}


def looks(desk: Desk, **changes: str) -> dict[str, str]:
    """The fields of the page where the gift is looked through."""
    response = sends(desk, **(GIFT | changes))
    assert response.status_code == 200, response.text
    return hidden_in(response)


def donations() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Donation)) or 0


def test_a_gift_is_looked_through_before_it_is_entered(editor: Desk, nadia: Supporter) -> None:
    page = sends(editor, **GIFT)

    assert "€1,250.50" in page.text
    assert "n***@example.com" in page.text
    assert f"Since before; reference {nadia.reference}" in page.text
    assert "Perhaps it was entered already" not in page.text
    assert donations() == 0


def test_what_is_entered_stands_on_the_list_and_on_the_supporters_page(
    editor: Desk, nadia: Supporter
) -> None:
    response = editor.client.post(FORM, data=looks(editor) | {"step": "enter"})

    assert response.status_code == 303
    assert response.headers["Location"] == f"/staff/supporters/{nadia.reference}#donations-title"
    take_in()
    row = editor.sees("/staff/donations?source=offline").select("#donations tbody tr")[0]
    assert [cell.get_text(" ", strip=True) for cell in row.select("th, td")] == [
        "20 Nov 2026", "n***@example.com", "One-time", "Entered by staff Bank transfer", "€1,250.50", "–",
        "€0.00", "€1,250.50",
    ]  # fmt: skip
    record = page_of(editor, nadia)
    assert "Entered by staff Bank transfer" in record
    assert "Entered by staff on 2026-11-22: bank transfer" in record


def test_the_same_look_sent_twice_enters_one_gift(editor: Desk, nadia: Supporter) -> None:
    fields = looks(editor) | {"step": "enter"}

    statuses = [editor.client.post(FORM, data=fields).status_code for _ in range(2)]

    assert (statuses, donations()) == ([303, 303], 1)


def test_the_same_gift_from_another_form_is_asked_about(editor: Desk, nadia: Supporter) -> None:
    editor.client.post(FORM, data=looks(editor) | {"step": "enter"})

    assert "Perhaps it was entered already" in sends(editor, **GIFT).text


def test_a_form_gone_back_to_and_changed_is_told_so_and_loses_nothing(editor: Desk, nadia: Supporter) -> None:
    fields = looks(editor) | {"step": "enter"}
    editor.client.post(FORM, data=fields)

    response = editor.client.post(FORM, data=fields | {"amount": "7"})

    assert response.status_code == 409
    assert "This form was used for another gift already" in response.text
    assert 'value="7"' in response.text
    assert hidden_in(response)["nonce"] != fields["nonce"]
    assert donations() == 1


def test_somebody_new_is_added_under_the_address_in_its_one_spelling(editor: Desk, nadia: Supporter) -> None:
    page = sends(editor, **(GIFT | {"email": "Ｂoris@example.org"}))
    editor.client.post(FORM, data=hidden_in(page) | {"step": "enter"})

    assert "Not yet: will be added" in page.text
    found = editor.sends("/staff/supporters/search", "/staff/supporters", email="boris@example.org")
    assert "€1,250.50" in editor.sees(found.headers["Location"]).text


def test_a_supporter_may_be_named_by_reference_as_their_page_does(editor: Desk, nadia: Supporter) -> None:
    link = editor.sees(f"/staff/supporters/{nadia.reference}").find(
        "a", string=lambda text: bool(text and text.startswith("Enter a gift"))
    )
    assert link is not None
    field = editor.sees(str(link["href"])).find("input", {"name": "supporter"})  # pyright: ignore[reportIndexIssue]
    assert field is not None
    fields = looks(editor, email="", supporter=str(field["value"]), campaign="winter")

    editor.client.post(FORM, data=fields | {"step": "enter"})

    assert only(Donation).supporter_id == nadia.id
    assert only(Donation).origin_id is not None


def test_going_back_to_change_something_keeps_what_was_written(editor: Desk) -> None:
    response = editor.client.post(FORM, data=looks(editor, campaign="a <b>") | {"step": "form"})

    assert response.status_code == 200
    assert 'value="1,250.50"' in response.text
    assert 'value="a &lt;b&gt;"' in response.text


WRONG = [
    ("received_on", "", "Enter the day on which it was received"),
    ("received_on", "20/11/2026", "Enter the day on which it was received"),
    ("received_on", "2026-11-23", "is still to come"),
    ("received_on", "1999-12-31", "Enter a day from 2000 on"),
    ("amount", "", "Enter the amount"),
    ("amount", "0", "more than nothing"),
    ("amount", "1,5", "point"),
    ("amount", "NaN", "figures"),
    ("amount", "9" * 13, "Enter"),
    ("currency", "xxx", "Choose the currency"),
    ("method", "card", "Choose how it was given"),
    ("email", "", "Enter the supporter’s email address or reference"),
    ("email", "nobody", "Enter an email address"),
    ("supporter", "anybody", "No supporter has this reference"),
    ("supporter", "anybody", "not both"),
    ("campaign", "x" * 101, "100 characters or fewer"),
    ("campaign", "a\x00b", "100 characters or fewer"),
    ("campaign", "nina@example.com", "without @"),
]


def test_what_is_wrong_is_said_beside_its_field(editor: Desk) -> None:
    for field, value, why in WRONG:
        response = sends(editor, **(GIFT | {field: value}))

        page = BeautifulSoup(response.text, "html.parser")
        said = [error.get_text() for error in page.select(".error-text")]
        assert response.status_code == 422, (field, value)
        assert any(why in each for each in said), (field, value, said)
    assert donations() == 0


def test_nothing_is_entered_past_the_check(editor: Desk) -> None:
    response = sends(editor, **(GIFT | {"step": "enter", "amount": "-5", "nonce": "x"}))

    assert (response.status_code, donations()) == (422, 0)


def test_an_erased_supporter_is_given_nothing_under_the_old_name(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        session.get_one(Supporter, nadia.id).erased_at = nadia.created_at

    response = sends(editor, **(GIFT | {"email": "", "supporter": nadia.reference}))

    assert "This supporter was erased" in response.text
    assert "Enter a gift that came by" not in page_of(editor, nadia)


def test_only_those_who_keep_the_books_enter_gifts(
    logged_in_as: Callable[[StaffRole], Desk], nadia: Supporter
) -> None:
    desk = logged_in_as(StaffRole.SUPPORTER_CARE)

    assert desk.client.get(FORM).status_code == 403
    assert "Enter an offline gift" not in desk.sees("/staff/donations").text
    assert "Enter a gift that came by" not in page_of(desk, nadia)
