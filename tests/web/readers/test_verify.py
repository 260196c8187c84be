"""Whoever holds a receipt or a statement can have it checked, and learns nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from donations import runtime
from donations.domain.money import Money
from donations.domain.verification import code_for
from donations.models import DocumentKind, Donation, IssuedDocument, Supporter, Throttle
from donations.models.database import writing
from donations.services import documents
from donations.web.readers.verify import LIMIT
from tests.factories import NOON, make_donation, make_refund, make_supporter
from tests.sync.desk import count_of
from tests.web.readers.conftest import Reader

RECEIPT, STATEMENT = "R-7Q2MKX4D90", "S-90BTHZ3E7Q"
TEN = Money(1000, "eur")


@pytest.fixture
def donation(app: Flask) -> Donation:
    """€10 of 22 November 2026 by Nina, with a receipt, and a statement of 10 January 2027."""
    with writing() as session:
        nina = make_supporter(session, runtime.current().vault, email="nina@example.com", name="Nina")
        donation = make_donation(session, nina, amount=1000)
        session.add_all(
            [
                a_document(nina, RECEIPT, DocumentKind.RECEIPT, donation_id=donation.id),
                a_document(nina, STATEMENT, DocumentKind.STATEMENT, year=2026),
            ]
        )
        return donation


def a_document(supporter: Supporter, number: str, kind: DocumentKind, **columns: int) -> IssuedDocument:
    at = NOON + timedelta(days=49)
    return IssuedDocument(
        number=number, kind=kind, supporter_id=supporter.id, issued_on=at.date(), issued_at=at, **columns
    )


def code_of(number: str, money: Money = TEN) -> str:
    day = NOON if number == RECEIPT else NOON + timedelta(days=49)
    with writing() as session:
        key = documents.code_key(session, runtime.current().vault)
    return code_for(key, number, money, day.date())


def nonce(reader: Reader, lang: str = "en") -> str:
    return str(reader.looks(f"/verify?lang={lang}").find("input", {"name": "nonce"})["value"])


def ask(reader: Reader, number: str, code: str, lang: str = "en", **more: str) -> TestResponse:
    form = {"nonce": nonce(reader), "number": number, "code": code} | more
    return reader.client.post(f"/verify?lang={lang}", data=form)


def answer(response: TestResponse) -> str:
    notice = BeautifulSoup(response.text, "html.parser").select_one(".notice")
    assert notice is not None
    return " ".join(notice.get_text(" ").split())


def test_a_genuine_receipt_is_confirmed_with_its_amount_and_date(donation: Donation, giver: Reader) -> None:
    response = ask(giver, RECEIPT, code_of(RECEIPT))

    assert response.status_code == 200
    assert answer(response) == "This receipt is genuine. Amount €10 Date 22 November 2026"


def test_a_refund_since_is_said(donation: Donation, giver: Reader) -> None:
    with writing() as session:
        make_refund(session, session.get_one(Donation, donation.id), amount=400)

    said = answer(ask(giver, RECEIPT, code_of(RECEIPT)))

    assert said.startswith("This receipt is genuine, but refunded since: €4 of €10.")


def test_a_genuine_statement_is_confirmed_with_its_total(donation: Donation, giver: Reader) -> None:
    said = answer(ask(giver, STATEMENT, code_of(STATEMENT)))

    assert said == "This statement is genuine. Total €10 Issued on 10 January 2027"


def test_nothing_of_the_giver_is_told(donation: Donation, giver: Reader) -> None:
    text = ask(giver, RECEIPT, code_of(RECEIPT)).text

    assert "Nina" not in text
    assert "nina@" not in text
    assert "every month" not in text


def test_an_unknown_number_and_a_wrong_code_are_answered_in_the_same_words(
    donation: Donation, giver: Reader
) -> None:
    unknown = ask(giver, "R-0000000000", code_of(RECEIPT))
    wrong = ask(giver, RECEIPT, code_of(RECEIPT, Money(1001, "eur")))

    assert answer(unknown) == answer(wrong)
    assert answer(wrong).startswith("We cannot confirm this document.")
    assert "€10" not in wrong.text
    assert (unknown.status_code, wrong.status_code) == (200, 200)


def test_the_answer_is_in_the_readers_language(donation: Donation, giver: Reader) -> None:
    said = answer(ask(giver, RECEIPT, code_of(RECEIPT), lang="ru"))

    assert said.startswith("Эта квитанция подлинная.")
    assert "22 ноября 2026" in said


def test_number_and_code_stand_in_no_address(reader: Reader) -> None:
    page = reader.looks("/verify?number=R-1&code=X")

    form = page.select_one("main form")
    assert (form["method"], form["action"]) == ("post", "/verify")
    assert [field["value"] for field in form.select("input[type=text]")] == ["", ""]


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({"number": " "}, ["Enter the number of the receipt or statement"]),
        ({"code": ""}, ["Enter the code of the receipt or statement"]),
        (
            {"number": "", "code": ""},
            ["Enter the number of the receipt or statement", "Enter the code of the receipt or statement"],
        ),
        (
            {"nonce": "old"},
            ["This form was open for a long time. Please check your choices and send it again."],
        ),
    ],
)
def test_what_is_missing_is_said_and_counts_as_no_try(
    app: Flask, giver: Reader, fields: dict[str, str], sentences: list[str]
) -> None:
    form = {"nonce": nonce(giver), "number": RECEIPT, "code": "AAAA"} | fields

    response = giver.client.post("/verify", data=form)

    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 422
    assert page.title.get_text().startswith("Error: ")
    assert [line.get_text() for line in page.select(".error-summary li")] == sentences
    assert count_of(Throttle) == 0


def test_after_twenty_tries_from_one_network_even_the_right_code_must_wait(
    donation: Donation, giver: Reader
) -> None:
    form = {"nonce": nonce(giver), "number": RECEIPT, "code": "AAAA-AAAA-AAAA-AAAA"}
    for _ in range(LIMIT.tries):
        assert giver.client.post("/verify", data=form).status_code == 200

    response = giver.client.post("/verify", data=form | {"code": code_of(RECEIPT)})

    assert response.status_code == 429
    assert "genuine" not in response.text
    assert "Wait a few minutes" in response.text
    assert "Retry-After" in response.headers
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    right = form | {"code": code_of(RECEIPT)}
    assert "genuine" in giver.client.post("/verify", data=right, environ_base=elsewhere).text


def test_a_form_of_another_sites_page_is_refused(giver: Reader, app: Flask) -> None:
    response = giver.client.post("/verify", data={}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403


@pytest.mark.parametrize("junk", ["\x00", "x" * 5000, "٣", "' OR 1=1 --"])
def test_junk_is_not_confirmed(app: Flask, giver: Reader, junk: str) -> None:
    assert answer(ask(giver, junk, junk)).startswith("We cannot confirm this document.")
