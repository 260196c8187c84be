"""A receipt or statement is confirmed by its number and code together, and nothing else is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from donations.domain.money import Money
from donations.domain.verification import code_for
from donations.models import DocumentKind, Donation, IssuedDocument, Supporter
from donations.models.database import writing
from donations.runtime import current
from donations.services import documents
from donations.services.documents import Verified
from tests.factories import NOON, make_donation, make_refund, make_supporter

NUMBER = "R-7Q2MKX4D90"
TODAY = date(2026, 11, 22)


def code(money: Money, day: date = TODAY, number: str = NUMBER) -> str:
    with writing() as session:
        return code_for(documents.code_key(session, current().vault), number, money, day)


def verify(number: str, typed_code: str) -> Verified | None:
    with writing() as session:
        return documents.verify(session, current().vault, number, typed_code)


@pytest.fixture
def donation(app: Flask) -> Donation:
    """€10 of 22 November 2026, with a receipt."""
    with writing() as session:
        donation = make_donation(session, make_supporter(session, current().vault), amount=1000)
        session.add(
            IssuedDocument(
                number=NUMBER,
                kind=DocumentKind.RECEIPT,
                supporter_id=donation.supporter_id,
                donation_id=donation.id,
                issued_on=date(2026, 11, 23),
                issued_at=NOON,
            )
        )
        return donation


@pytest.fixture
def giver(app: Flask) -> Supporter:
    """€120 and $25 in 2026, with a statement of 10 January 2027."""
    with writing() as session:
        giver = make_supporter(session, current().vault)
        make_donation(session, giver, amount=2000)
        make_donation(session, giver, amount=10000, at=datetime(2026, 1, 1, 12, tzinfo=UTC))
        make_donation(session, giver, amount=2500, currency="usd", at=datetime(2026, 12, 31, 12, tzinfo=UTC))
        make_donation(session, giver, amount=700, at=datetime(2027, 1, 1, 12, tzinfo=UTC))
        make_donation(session, make_supporter(session, current().vault), amount=900)
        session.add(
            IssuedDocument(
                number=NUMBER,
                kind=DocumentKind.STATEMENT,
                supporter_id=giver.id,
                year=2026,
                issued_on=date(2027, 1, 10),
                issued_at=NOON,
            )
        )
        return giver


def test_a_receipt_is_confirmed_with_the_amount_and_day_of_its_charge(donation: Donation) -> None:
    assert verify(NUMBER, code(Money(1000, "eur"))) == Verified(
        DocumentKind.RECEIPT, Money(1000, "eur"), TODAY, Money.zero("eur")
    )


@pytest.mark.parametrize("typed", [" r-7q2mkx4d90 ", "R\u20117Q2MKX4D90", "R - 7Q2M KX4D 90"])
def test_a_number_is_understood_as_people_type_it(donation: Donation, typed: str) -> None:
    typed_code = code(Money(1000, "eur")).lower().replace("-", " ")

    assert verify(typed, typed_code) is not None


def test_a_receipt_of_money_refunded_since_is_genuine_and_says_how_much_was(donation: Donation) -> None:
    with writing() as session:
        make_refund(session, session.get_one(Donation, donation.id), amount=400)

    found = verify(NUMBER, code(Money(1000, "eur")))

    assert found is not None
    assert (found.money, found.refunded) == (Money(1000, "eur"), Money(400, "eur"))


@pytest.mark.parametrize(
    "money_day_number",
    [
        (Money(1001, "eur"), TODAY, NUMBER),
        (Money(1000, "usd"), TODAY, NUMBER),
        (Money(1000, "eur"), date(2026, 11, 23), NUMBER),
        (Money(1000, "eur"), TODAY, "R-OTHER"),
    ],
)
def test_a_code_that_signs_anything_else_is_not_confirmed(
    donation: Donation, money_day_number: tuple[Money, date, str]
) -> None:
    assert verify(NUMBER, code(*money_day_number)) is None


@pytest.mark.parametrize("number", ["R-OTHER", "", "\x00", "R" * 1000, "é"])
def test_a_number_that_was_never_issued_is_not_confirmed(donation: Donation, number: str) -> None:
    assert verify(number, code(Money(1000, "eur"))) is None


def test_the_stand_in_for_an_unknown_number_confirms_nothing(app: Flask) -> None:
    money, day = documents._NEVER_ISSUED

    assert verify("R-OTHER", code(money, day, "R-OTHER")) is None


@pytest.mark.parametrize("total", [Money(12000, "eur"), Money(2500, "usd")])
def test_a_statement_is_confirmed_by_the_code_of_any_of_its_totals(giver: Supporter, total: Money) -> None:
    day = date(2027, 1, 10)

    assert verify(NUMBER, code(total, day)) == Verified(
        DocumentKind.STATEMENT, total, day, Money.zero(total.currency)
    )


def test_a_statement_made_untrue_by_a_later_refund_is_not_confirmed(giver: Supporter) -> None:
    stated = code(Money(12000, "eur"), date(2027, 1, 10))
    with writing() as session:
        donation = session.scalars(select(Donation).where(Donation.amount == 2000)).one()
        make_refund(session, donation, amount=400)

    assert verify(NUMBER, stated) is None
    assert verify(NUMBER, code(Money(2500, "usd"), date(2027, 1, 10))) is not None


def test_a_year_without_a_donation_left_confirms_nothing(giver: Supporter) -> None:
    assert verify(NUMBER, code(Money.zero("eur"), date(2027, 1, 10))) is None
