"""Whoever asks what we hold about them gets all of it, and nothing of anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.models import Base, IssuedDocument, MagicLink, PaymentFailure, Supporter
from donations.models.database import reading, writing
from donations.models.issued_document import DocumentKind
from donations.models.vault import SealBroken, Vault
from donations.runtime import current
from donations.services import erasures, gift_changes, outbox, reader_sessions
from donations.services.checkouts import Attempt, Origin, open_checkout
from donations.services.gift_changes import Wish
from donations.services.supporter_export import SHOWN, export
from tests.factories import (
    NOON,
    ZONE,
    make_checkout,
    make_dispute,
    make_donation,
    make_movement,
    make_refund,
    make_refund_request,
    make_subscription,
    make_supporter,
)

WHOSE = {"supporter", "subscription", "donation", "checkout"}


def give_richly(session: Session, vault: Vault, email: str, name: str) -> Supporter:
    """A row of theirs in every table that has any."""
    supporter = make_supporter(session, vault, email=email, name=name)
    supporter.language = "ru"
    once = make_checkout(session, supporter, campaign="winter", utm_source="letter")
    donation = make_donation(session, supporter, checkout=once, fee=100)
    make_refund(session, donation, amount=500)
    make_refund_request(session, donation, amount=300)
    make_dispute(session, donation)
    gift = make_subscription(session, supporter, frequency=Frequency.ANNUAL, amount=10_000)
    make_donation(session, supporter, subscription=gift, frequency=Frequency.ANNUAL, amount=10_000)
    make_movement(session, gift)
    wish = Wish(
        ChangeKind.CANCEL, f"nonce of {email}", {"cancel_at_period_end": True}, reason=CancelReason.OTHER
    )
    gift_changes.begin(session, gift, wish, NOON)
    outbox.add(session, "receipt", donation.stripe_payment_intent_id or "", supporter.id, NOON)
    session.add(
        IssuedDocument(
            number=f"R-{donation.id}",
            kind=DocumentKind.RECEIPT,
            supporter_id=supporter.id,
            donation_id=donation.id,
            issued_on=NOON.date(),
            issued_at=NOON,
        )
    )
    session.add(
        PaymentFailure(
            stripe_invoice_id=f"in_{gift.id}",
            subscription_id=gift.id,
            frequency=gift.frequency,
            failed_at=NOON,
            failed_on=NOON.date(),
            needed_confirmation=False,
        )
    )
    reader_sessions.open_session(session, supporter.id, None, NOON)
    session.add(
        MagicLink(
            token_hash=email.encode().ljust(32, b"."),
            request_reference=f"asked by {supporter.id}",
            supporter_id=supporter.id,
            created_at=NOON,
            expires_at=NOON + timedelta(minutes=30),
        )
    )
    erasures.ask(session, supporter, NOON + timedelta(days=1))
    return supporter


def exported(supporter: Supporter) -> dict[str, Any]:
    with reading() as session:
        return export(session, current().vault, supporter.id, ZONE)


@pytest.fixture
def nadia(app: Flask) -> Supporter:
    with writing() as session:
        return give_richly(session, current().vault, "nadia@example.com", "Надя")


def values_in(document: Any) -> Iterator[Any]:
    match document:
        case dict():
            for value in document.values():
                yield from values_in(value)
        case list():
            for value in document:
                yield from values_in(value)
        case _:
            yield document


def test_all_that_we_hold_is_there(nadia: Supporter) -> None:
    told = exported(nadia)

    assert (told["supporter"]["email"], told["supporter"]["name"]) == ("nadia@example.com", "Надя")
    assert told["supporter"]["language"] == "ru"
    assert told["gifts"][0]["utm_source"] == "letter"
    once, annual = told["donations"]
    assert (once["amount"], once["currency"], once["gift"]) == (5000, "eur", told["gifts"][0]["reference"])
    assert once["charged_at"] == "2026-11-22T12:00:00+00:00"
    assert [refund["amount"] for refund in once["refunds"]] == [500]
    assert [dispute["status"] for dispute in once["disputes"]] == ["needs_response"]
    assert [(line["kind"], line["amount"]) for line in once["taken_back"]] == [("refund", 500)]
    (gift,) = told["subscriptions"]
    assert (gift["amount"], annual["subscription"]) == (10_000, gift["stripe_subscription_id"])
    assert [(each["kind"], each["reason"]) for each in gift["changes"]] == [("cancel", "other")]
    assert [each["annual_amount"] for each in gift["movements"]] == [10_000]
    assert told["documents"][0]["payment"] == once["stripe_payment_intent_id"]
    assert [letter["kind"] for letter in told["letters"]] == ["receipt"]
    assert told["stripe_customers"][0]["stripe_customer_id"] == gift["stripe_customer_id"]
    assert told["erasure"][0]["asked_at"] == "2026-11-23T12:00:00+00:00"


def test_it_is_json_and_the_same_each_time(nadia: Supporter) -> None:
    first, second = (json.dumps(exported(nadia), ensure_ascii=False) for _ in range(2))

    assert first == second


def test_nothing_of_another_person_is_in_it(nadia: Supporter) -> None:
    with writing() as session:
        other = give_richly(session, current().vault, "other@example.com", "Another")

    mine, theirs = exported(nadia), exported(other)

    assert "other@example.com" not in json.dumps(mine)
    their_ids = {value for value in values_in(theirs) if isinstance(value, str) and "_" in value}
    names_of_kinds = {value for value in their_ids if not any(letter.isdigit() for letter in value)}
    assert len(their_ids - names_of_kinds) >= 10
    assert not (their_ids - names_of_kinds) & set(values_in(mine))


def test_every_table_that_belongs_to_a_supporter_is_told_of(nadia: Supporter) -> None:
    """A new table must be shown here, and be wiped where it says more than the accounts need."""
    theirs = {
        mapper.class_
        for mapper in Base.registry.mappers
        if any(key.column.table.name in WHOSE for key in mapper.local_table.foreign_keys)  # pyright: ignore
    }

    assert theirs | {Supporter} == set(SHOWN)
    with reading() as session:
        for model in SHOWN:
            assert session.scalars(select(model)).first() is not None, f"no {model.__name__} was tried"


@pytest.mark.parametrize("model", list(SHOWN), ids=lambda model: model.__name__)
def test_every_column_is_shown_or_withheld_on_purpose(model: type[Base]) -> None:
    shown = SHOWN[model]
    columns = {column.name for column in model.__table__.columns}

    assert set(shown.columns) | shown.else_told | shown.untold == columns
    assert not any("nonce" in column or "key" in column for column in shown.columns)


def test_one_who_was_erased_can_still_be_told_what_stays(nadia: Supporter) -> None:
    with writing() as session:
        erasures.wipe(session, nadia.id, NOON)

    told = exported(nadia)

    assert (told["supporter"]["email"], told["supporter"]["name"]) == (None, None)
    assert [gift["name"] for gift in told["gifts"]] == [None, None]
    assert len(told["donations"]) == 2


def test_what_does_not_open_is_no_export(nadia: Supporter) -> None:
    with writing() as session:
        session.get_one(Supporter, nadia.id).email_sealed = b"\x01tampered with"

    with pytest.raises(SealBroken):
        exported(nadia)


def test_the_name_given_with_an_attempt_that_came_to_nothing_is_told_too(app: Flask) -> None:
    gift = Gift(Money(1500, "eur"), Frequency.ONCE)
    attempt = Attempt(gift, gift.money, "nina@example.com", "Nina", True, Origin(), "nonce", "en")
    with writing() as session:
        open_checkout(session, current().vault, attempt, public_base_url="http://127.0.0.1:9", now=NOON)
        supporter = session.scalars(select(Supporter)).one()

    told = exported(supporter)

    assert (told["supporter"]["name"], told["gifts"][0]["name"]) == (None, "Nina")
