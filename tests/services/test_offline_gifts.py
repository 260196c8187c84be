"""Gifts that came without Stripe: one for each form, settled at once, on the day they were received."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from donations.domain.money import Money
from donations.domain.offline import OfflineMethod
from donations.models import Donation, Origin, Supporter
from donations.models.database import reading, writing
from donations.models.rollups import NewsKind, RollupNews
from donations.runtime import current
from donations.services import issuing, offline_gifts
from donations.services.offline_gifts import EnteredAlready, OfflineGift
from tests.factories import NOON, ZONE, make_donation, make_supporter

TRANSFER = OfflineGift(Money(5000, "eur"), date(2026, 11, 20), OfflineMethod.BANK_TRANSFER, campaign="winter")


@pytest.fixture
def nina(app: Flask) -> Supporter:
    with writing() as session:
        return make_supporter(session, current().vault)


def entered(nina: Supporter, gift: OfflineGift, nonce: str, now: datetime = NOON) -> tuple[Donation, bool]:
    with writing() as session:
        return offline_gifts.enter(session, nina, gift, nonce=nonce, by=None, zone=ZONE, now=now)


def test_a_gift_is_entered_whole_with_its_campaign_and_without_a_fee(nina: Supporter) -> None:
    donation, is_new = entered(nina, TRANSFER, "n1")

    with reading() as session:
        campaign = session.get_one(Origin, donation.origin_id).campaign
        noted = select(RollupNews.kind).where(RollupNews.row_id == donation.id)
        assert {NewsKind.DONATION, NewsKind.SETTLEMENT} <= set(session.scalars(noted))
    assert is_new
    assert (donation.source, donation.method, donation.frequency) == ("offline", "bank_transfer", "once")
    assert (donation.settlement_currency, donation.settled_amount) == ("eur", 5000)
    assert (donation.fee_amount, donation.net_amount) == (0, 5000)
    assert donation.charged_on == date(2026, 11, 20)
    assert donation.charged_at == datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    assert donation.settlement_recorded_at == donation.recorded_at == NOON
    assert campaign == "winter"


def test_one_form_enters_one_gift_however_often_it_is_sent(nina: Supporter) -> None:
    first, again = entered(nina, TRANSFER, "n1"), entered(nina, TRANSFER, "n1")
    other, is_new = entered(nina, TRANSFER, "n2")

    assert (first[1], again[1], is_new) == (True, False, True)
    assert first[0].id == again[0].id != other.id


def test_a_form_that_was_used_for_one_gift_enters_no_other(nina: Supporter) -> None:
    entered(nina, TRANSFER, "n1")

    with pytest.raises(EnteredAlready):
        entered(nina, OfflineGift(Money(5001, "eur"), TRANSFER.received_on, TRANSFER.method), "n1")


def test_what_was_received_this_morning_is_not_dated_into_the_afternoon(nina: Supporter) -> None:
    morning = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

    donation, _ = entered(
        nina, OfflineGift(Money(100, "jpy"), date(2026, 11, 22), OfflineMethod.CASH), "n", morning
    )

    assert donation.charged_at == morning
    assert donation.charged_on == date(2026, 11, 22)


def test_gifts_alike_are_counted_to_ask_whether_it_is_the_same(nina: Supporter) -> None:
    later = OfflineGift(TRANSFER.money, TRANSFER.received_on + timedelta(days=1), TRANSFER.method)
    with writing() as session:
        make_donation(session, nina, amount=5000, at=NOON - timedelta(days=2))
        before = offline_gifts.count_alike(session, nina, TRANSFER)
    entered(nina, TRANSFER, "n1")

    with reading() as session:
        assert before == 0
        assert offline_gifts.count_alike(session, nina, TRANSFER) == 1
        assert offline_gifts.count_alike(session, nina, later) == 0


def test_its_receipt_names_no_line_of_a_bank_statement(nina: Supporter) -> None:
    donation, _ = entered(nina, TRANSFER, "n1")

    with writing() as session:
        document = issuing.receipt_document(
            session,
            current().vault,
            session.get_one(Donation, donation.id),
            name=None,
            statement_descriptor="MOSCOWTIMES",
            zone=ZONE,
            now=NOON,
        )
    assert document.statement_descriptor == ""


@pytest.mark.parametrize("column", ["method = 'cash'", "entry_nonce = 'x'"])
def test_what_came_by_stripe_has_no_other_way_of_coming(nina: Supporter, column: str) -> None:
    with writing() as session:
        make_donation(session, nina)

    with pytest.raises(IntegrityError), writing() as session:
        session.execute(text(f"UPDATE donation SET {column}"))
