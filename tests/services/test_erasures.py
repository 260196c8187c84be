"""What is wiped of a supporter, and that the accounts are as they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.models import Checkout, Movement, OutboxMessage, Supporter
from donations.models.database import reading, writing
from donations.models.vault import SealBroken
from donations.reports import overview
from donations.reports.dump import dump
from donations.reports.filters import read_filters
from donations.runtime import current
from donations.services import checkouts, erasures, outbox, supporters, thanks
from donations.services.checkouts import Attempt, Origin
from donations.services.erasures import Outlook
from donations.services.supporter_export import export
from tests.factories import (
    NOON,
    ZONE,
    make_checkout,
    make_dispute,
    make_donation,
    make_movement,
    make_refund,
    make_subscription,
    make_supporter,
)

ADDRESS = "nadia@example.com"


@pytest.fixture
def nadia(app: Flask) -> Supporter:
    """She gave once, gives monthly, and somebody else gives beside her."""
    vault = current().vault
    with writing() as session:
        supporter = make_supporter(session, vault, email=ADDRESS, name="Nadia")
        supporter.wants_newsletter, supporter.language = True, "ru"
        supporter.neutral_subjects_since = supporter.suppressed_at = NOON
        supporter.suppression_reason = "bounce"
        make_refund(session, make_donation(session, supporter, fee=90), amount=700)
        make_dispute(session, make_donation(session, supporter, amount=900))
        gift = make_subscription(session, supporter)
        make_donation(session, supporter, subscription=gift, frequency=Frequency.MONTHLY, amount=1000)
        make_movement(session, gift)
        make_movement(session, make_subscription(session, make_supporter(session, vault), amount=700))
    return supporter


def wipe(supporter: Supporter, at: datetime = NOON) -> Supporter:
    with writing() as session:
        erasures.wipe(session, supporter.id, at)
    with reading() as session:
        return session.get_one(Supporter, supporter.id)


def accounts() -> Any:
    """Everything that is counted: the rows of the accounts, and what the overview makes of them."""
    filters = read_filters({"preset": "last-30-days"}, NOON + timedelta(days=1), ZONE).filters
    with reading() as session:
        report = overview.run(session, filters)
        movements = session.execute(select(Movement.__table__).order_by(Movement.id)).all()
        return dump(session), movements, report.summary, [table.rows for table in report.tables]


def open_checkout(session: Session, nonce: str) -> str:
    gift = Gift(Money(1500, "eur"), Frequency.ONCE)
    attempt = Attempt(
        gift, gift.money, ADDRESS, "Nadia", True, Origin(article="a1", utm_term="x"), nonce, "en"
    )
    return checkouts.open_checkout(
        session, current().vault, attempt, public_base_url="http://127.0.0.1:9", now=NOON
    ).reference


def test_the_accounts_are_the_same_before_and_after(nadia: Supporter) -> None:
    before = accounts()

    wipe(nadia)

    assert accounts() == before
    assert len(before[0]["donations"]) == 3


def test_nothing_that_is_hers_is_left_with_the_supporter(nadia: Supporter) -> None:
    after = wipe(nadia)

    assert (after.email_sealed, after.data_key_sealed, after.name_sealed) == (b"", b"", None)
    assert after.email_index != nadia.email_index
    assert len(after.email_index) == 32
    assert (after.wants_newsletter, after.language, after.neutral_subjects_since) == (False, None, None)
    assert (after.suppressed_at, after.suppression_reason) == (None, None)
    assert (after.erased_at, after.reference) == (NOON, nadia.reference)
    with pytest.raises(SealBroken):
        supporters.contact_of(after, current().vault)


def test_of_her_attempts_only_what_is_counted_is_left(nadia: Supporter) -> None:
    with writing() as session:
        reference = open_checkout(session, "a nonce")
        checkouts.get(session, reference).stripe_url = "https://checkout.stripe.com/c/pay/cs_1"

    wipe(nadia)

    with reading() as session:
        row = session.scalars(select(Checkout).where(Checkout.reference == reference)).one()
    assert (row.name_sealed, row.parameters_sealed, row.stripe_url) == (None, b"", None)
    assert (row.utm_term, row.wants_newsletter) == (None, False)
    assert (row.article, row.gift_amount) == ("a1", 1500)


def test_letters_that_wait_are_not_sent_and_those_sent_stay_sent(nadia: Supporter) -> None:
    with writing() as session:
        outbox.add(session, "receipt", "pi_sent", nadia.id, NOON)
        (sent,) = outbox.claim_due(session, 1, NOON)
        outbox.mark_sent(session, sent, NOON)
        outbox.add(session, "receipt", "pi_waits", nadia.id, NOON)

    wipe(nadia)

    with reading() as session:
        by_cause = {row.cause: row for row in session.scalars(select(OutboxMessage))}
        assert outbox.is_any_due(session, NOON + timedelta(days=1)) is False
    assert (by_cause["pi_sent"].skipped_at, by_cause["pi_sent"].problem) == (None, None)
    assert (by_cause["pi_waits"].skipped_at, by_cause["pi_waits"].problem) == (NOON, "erased")


def test_who_gives_again_is_somebody_new(nadia: Supporter) -> None:
    wipe(nadia)

    with writing() as session:
        again = supporters.find_or_add(session, current().vault, ADDRESS, NOON)
        told = export(session, current().vault, again.id, ZONE)

    assert again.id != nadia.id
    assert again.reference != nadia.reference
    assert told["donations"] == []


def test_her_old_form_opens_no_checkout_of_the_new_one(nadia: Supporter) -> None:
    with writing() as session:
        open_checkout(session, "a nonce")
    wipe(nadia)

    with pytest.raises(checkouts.FormAlreadyUsed), writing() as session:
        open_checkout(session, "a nonce")


def test_her_thanks_page_is_gone(nadia: Supporter) -> None:
    with writing() as session:
        reference = make_checkout(session, nadia).reference

    def is_there() -> bool:
        with writing() as session:
            running = current()
            view = thanks.look(
                session, running.vault, reference, book=running.offers, since=None, zone=ZONE, now=NOON
            )
            return view is not None

    assert is_there() is True
    wipe(nadia)
    assert is_there() is False


def test_wiping_twice_keeps_the_first_day(nadia: Supporter) -> None:
    wipe(nadia)

    assert wipe(nadia, NOON + timedelta(days=1)).erased_at == NOON


def test_nobody_else_is_touched(nadia: Supporter) -> None:
    with writing() as session:
        other = make_supporter(session, current().vault, email="other@example.com", name="Other")
        make_checkout(session, other, utm_source="letter")
        outbox.add(session, "receipt", "pi_other", other.id, NOON)
        before = export(session, current().vault, other.id, ZONE)

    wipe(nadia)

    with reading() as session:
        assert export(session, current().vault, other.id, ZONE) == before


def test_whoever_keeps_more_of_a_supporter_is_told_to_forget_it_in_the_same_transaction(
    nadia: Supporter,
) -> None:
    told: list[tuple[int, datetime]] = []

    def forget(session: Session, supporter_id: int, now: datetime) -> None:
        assert session.get_one(Supporter, supporter_id).erased_at == now
        told.append((supporter_id, now))

    with writing() as session:
        erasures.wipe(session, nadia.id, NOON, (forget,))

    assert told == [(nadia.id, NOON)]


def test_a_wish_is_written_once(nadia: Supporter) -> None:
    with writing() as session:
        asked = [erasures.ask(session, nadia, NOON + timedelta(hours=hour)) for hour in range(2)]

    assert asked == [True, False]
    with reading() as session:
        assert erasures.is_any_due(session, NOON) is True
        assert erasures.is_any_due(session, NOON - timedelta(seconds=1)) is False


def test_one_can_look_ahead(nadia: Supporter) -> None:
    with writing() as session:
        outbox.add(session, "receipt", "pi_waits", nadia.id, NOON)
        make_checkout(session, nadia)

    with reading() as session:
        outlook = erasures.look_ahead(session, nadia.id)

    assert outlook == Outlook(running_gifts=1, customers=1, attempts=2, waiting_letters=1, donations=3)
