"""Giving a donation back: looked through before it is asked for, asked for once, and told as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from donations import runtime
from donations.domain.gifts import Frequency
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.jobs import drain, refund_calls
from donations.models import AuditEntry, Donation, RefundRequest, StaffRole, Supporter
from donations.models.database import reading, writing
from donations.services import issuing
from tests.factories import (
    NOON,
    ZONE,
    make_donation,
    make_offline_donation,
    make_refund,
    make_subscription,
)
from tests.fakes import FakeGateway
from tests.sync.desk import only
from tests.web.staff.conftest import Clock, Desk, page_of, take_in

PART = {"extent": "part", "amount": "20", "reason": "requested_by_customer", "note": "They wrote to us today"}
FULL = PART | {"extent": "full", "amount": ""}
SILENCE = StripeUnavailable(was_answered=False)


@pytest.fixture
def gateway(app: Flask) -> FakeGateway:
    gateway = FakeGateway()
    runtime.install(app, replace(runtime.current(), gateway=gateway))
    return gateway


@pytest.fixture
def donation(nadia: Supporter, gateway: FakeGateway) -> Donation:
    """Fifty euros of a monthly gift that goes on."""
    with writing() as session:
        gift = make_subscription(session, nadia, amount=5000)
        made = make_donation(session, nadia, subscription=gift, frequency=Frequency.MONTHLY, fee=175)
        issuing.issue_receipt(session, made, ZONE, NOON)
        return made


def path_of(donation: Donation) -> str:
    return f"/staff/donations/{donation.id}/refund"


def sends(desk: Desk, donation: Donation, fields: dict[str, str]) -> TestResponse:
    return desk.sends(path_of(donation), path_of(donation), **fields)


def looks(desk: Desk, donation: Donation, **changes: str) -> dict[str, str]:
    """The fields of the page where the refund is looked through."""
    response = sends(desk, donation, PART | changes)
    assert response.status_code == 200, response.text
    page = BeautifulSoup(response.text, "html.parser")
    fields = page.select(f"form[action='{path_of(donation)}'] input[type=hidden]")
    return {str(field["name"]): str(field["value"]) for field in fields} | {"step": "ask"}


def asks(desk: Desk, donation: Donation, **changes: str) -> str:
    """To Stripe; the address of the page that says what became of it."""
    response = desk.client.post(path_of(donation), data=looks(desk, donation, **changes))
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def words(desk: Desk, path: str) -> str:
    return desk.sees(path).get_text(" ", strip=True)


def work(clock: Clock) -> None:
    """As the worker does."""
    running, dice = runtime.current(), Random(7)
    refund_calls.repeat_unanswered(running, dice)
    drain.drain(running, dice)


def count(model: type[RefundRequest | AuditEntry]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_what_a_refund_changes_is_shown_before_anything_is_asked(
    editor: Desk, donation: Donation, gateway: FakeGateway
) -> None:
    response = sends(editor, donation, PART)

    page = BeautifulSoup(response.text, "html.parser")
    rows = [row.get_text(" ", strip=True) for row in page.select("#effects tbody tr")]
    text = page.get_text(" ", strip=True)
    assert rows == [
        "Refunded of this donation €0.00 €20.00",
        "Supporter’s refunds in EUR €0.00 €20.00",
        "Supporter’s kept total in EUR €50.00 €30.00",
    ]
    assert "Unchanged. The recurring gift goes on" in text
    assert "Stripe keeps its fee of €1.75" in text
    assert "Whoever checks it is told that €20.00 of it was refunded" in text
    assert "That of 2026 was not issued yet" in text
    assert "Your refund is on its way" in text
    assert "We have sent back a part of your donation." in text
    assert (count(RefundRequest), count(AuditEntry), gateway.calls) == (0, 0, 0)


def test_a_part_is_given_back_and_told_wherever_the_donation_stands(
    editor: Desk, donation: Donation, nadia: Supporter, clock: Clock
) -> None:
    path = asks(editor, donation)
    assert "Accepted by Stripe" in words(editor, path)
    assert "Refund asked for" in page_of(editor, nadia)

    work(clock)
    take_in()

    assert "Given back" in words(editor, path)
    assert only(Donation).refunded_amount == 2000
    record = page_of(editor, nadia)
    assert "Refund asked for: €20 By staff, as: the supporter asked for it" in record
    assert "Refund succeeded: €20" in record
    (row,) = editor.sees("/staff/refunds").select("#refunds tbody tr")
    assert "Given back The supporter asked for it €20.00 €50.00 Anna Petrova" in row.get_text(" ", strip=True)
    line = only(AuditEntry)
    assert (line.action, line.reason) == ("ask_refund", "They wrote to us today")


def test_all_of_it_is_what_was_left_when_it_was_looked_through(
    editor: Desk, donation: Donation, gateway: FakeGateway
) -> None:
    with writing() as session:
        make_refund(session, session.get_one(Donation, donation.id), amount=1000)
    fields = looks(editor, donation, **FULL)
    with writing() as session:
        make_refund(session, session.get_one(Donation, donation.id), amount=500)

    response = editor.client.post(path_of(donation), data=fields)

    assert response.status_code == 409
    assert "Of this donation €35 is left" in response.text
    assert 'value="40.00"' in response.text or 'value="40"' in response.text
    assert (count(RefundRequest), gateway.calls) == (0, 0)


def test_the_same_form_sent_again_and_again_asks_for_one_refund(
    editor: Desk, donation: Donation, gateway: FakeGateway
) -> None:
    fields = looks(editor, donation, **FULL)

    answers = [editor.client.post(path_of(donation), data=fields) for _ in range(3)]

    assert [each.status_code for each in answers] == [303] * 3
    assert len({each.headers["Location"] for each in answers}) == 1
    assert (len(gateway.acts), count(RefundRequest), count(AuditEntry)) == (1, 1, 1)


def test_a_form_that_was_used_for_another_refund_is_told_so_and_loses_nothing(
    editor: Desk, donation: Donation
) -> None:
    fields = looks(editor, donation)
    editor.client.post(path_of(donation), data=fields)

    response = editor.client.post(path_of(donation), data=fields | {"amount": "7"})

    assert response.status_code == 409
    assert "This form was used for another refund already" in response.text
    assert count(RefundRequest) == 1


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (SILENCE, "No answer yet"),
        (StripeUnavailable(was_answered=True, status=500), "No answer yet"),
        (StripeRefused(status=400, code="charge_disputed"), "the bank has disputed the payment"),
        (StripeRefused(status=400, code="odd"), "it said StripeRefused status=400 code=odd"),
    ],
)
def test_what_stripe_made_of_it_is_said_in_words(
    editor: Desk, donation: Donation, gateway: FakeGateway, problem: Exception, says: str
) -> None:
    gateway.raising = [problem]

    assert says in words(editor, asks(editor, donation))


def test_a_refund_without_an_answer_is_settled_by_the_worker_and_keeps_others_waiting(
    editor: Desk, donation: Donation, gateway: FakeGateway, clock: Clock
) -> None:
    gateway.losing = [SILENCE]
    path = asks(editor, donation)
    assert "Another refund of this donation is under way" in words(editor, path_of(donation))

    clock.moves(minutes=5)
    work(clock)

    assert "Given back" in words(editor, path)
    assert len(gateway.refunds) == 1
    assert "€30.00" in words(editor, path_of(donation))


WRONG = [
    ("extent", "", "Choose how much is to go back"),
    ("amount", "", "Enter the amount"),
    ("amount", "0", "more than nothing"),
    ("amount", "50.01", "Enter at most €50"),
    ("amount", "NaN", "figures"),
    ("reason", "because", "Choose the reason"),
    ("note", "short", "in 10 characters or more"),
    ("note", "It was nadia@example.com who asked", "without an email address"),
]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(editor: Desk, donation: Donation) -> None:
    for field, value, why in WRONG:
        response = sends(editor, donation, PART | {field: value})

        page = BeautifulSoup(response.text, "html.parser")
        said = [error.get_text() for error in page.select(".error-text")]
        assert response.status_code == 422, (field, value)
        assert any(why in each for each in said), (field, value, said)
        kept = page.select_one("#note")
        assert kept is not None
        assert (kept.get_text() == PART["note"]) is (field != "note")
    assert count(RefundRequest) == 0


def test_nothing_is_asked_past_the_check(editor: Desk, donation: Donation, gateway: FakeGateway) -> None:
    for changes in ({"amount": "50.01"}, {"note": ""}, {"amount": "-5"}):
        response = sends(editor, donation, PART | {"step": "ask", "nonce": "x"} | changes)
        assert response.status_code == 422
    assert (count(RefundRequest), gateway.calls) == (0, 0)


def test_going_back_to_change_something_keeps_what_was_written(editor: Desk, donation: Donation) -> None:
    response = editor.client.post(path_of(donation), data=looks(editor, donation) | {"step": "form"})

    assert response.status_code == 200
    assert PART["note"] in response.text


def test_what_did_not_come_through_stripe_is_not_offered(
    editor: Desk, nadia: Supporter, gateway: FakeGateway
) -> None:
    with writing() as session:
        offline = make_offline_donation(session, nadia.id)

    assert "did not come through Stripe" in words(editor, path_of(offline))
    assert "Give back" not in page_of(editor, nadia)
    assert sends_anyway(editor, offline).status_code == 409


def sends_anyway(desk: Desk, donation: Donation) -> TestResponse:
    return desk.sends(path_of(donation), "/staff/donations", **PART, step="ask")


def test_a_donation_and_a_refund_that_are_not_there_are_not_found(editor: Desk, donation: Donation) -> None:
    assert editor.client.get("/staff/donations/999999/refund").status_code == 404
    assert editor.client.get("/staff/refunds/nothing").status_code == 404


def test_an_erased_supporter_gets_the_money_back_and_no_letter(
    editor: Desk, donation: Donation, nadia: Supporter
) -> None:
    with writing() as session:
        session.get_one(Supporter, nadia.id).erased_at = NOON

    assert "None is sent: erased." in sends(editor, donation, PART).text


def test_where_none_was_asked_for_the_list_says_so(editor: Desk) -> None:
    assert "No refund has been asked for yet" in words(editor, "/staff/refunds")


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.SUPPORTER_CARE])
def test_only_finance_and_admins_give_money_back(
    logged_in_as: Callable[[StaffRole], Desk], donation: Donation, role: StaffRole
) -> None:
    desk = logged_in_as(role)

    for path in (path_of(donation), "/staff/refunds", "/staff/refunds/any"):
        assert desk.client.get(path).status_code == 403
    if role is StaffRole.SUPPORTER_CARE:
        take_in()
        assert "Give back" not in words(desk, "/staff/donations")


def test_finance_finds_the_way_to_a_refund_in_the_list(
    logged_in_as: Callable[[StaffRole], Desk], donation: Donation, clock: Clock
) -> None:
    desk = logged_in_as(StaffRole.FINANCE)
    clock.instant += timedelta(minutes=1)
    take_in()

    link = desk.sees("/staff/donations").find("a", href=path_of(donation))

    assert link is not None
    assert "€50.00" in words(desk, path_of(donation))
