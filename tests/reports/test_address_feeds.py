"""What is exported with addresses: each row as a slow and obvious look at it says, and nobody forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.jobs import refresh_rollups
from donations.models import Donation, DonationSource, Supporter
from donations.models.database import reading, writing
from donations.models.vault import Vault
from donations.reports import batches, donation_feed, supporter_feed
from donations.reports.donation_list import DonationFilters
from donations.reports.feed import Value
from donations.reports.supporter_list import Kind, SupporterFilters
from donations.runtime import current
from donations.services import erasures
from donations.services.supporters import contact_of
from tests.factories import NOON, make_donation, make_refund, make_supporter

Row = tuple[Value, ...]
SOME_DAYS = Period(date(2026, 11, 13), date(2026, 11, 17))


@pytest.fixture
def vault(app: Flask) -> Vault:
    return current().vault


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that these few rows are several."""
    for module in (donation_feed, supporter_feed):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 3)


@pytest.fixture
def people(vault: Vault) -> list[Supporter]:
    """Four supporters: one with two currencies, one who only tried, one who was erased."""
    with writing() as session:
        found = [
            make_supporter(session, vault, email=f"reader{n}@example.com", name="Anna" if n % 2 else None)
            for n in range(4)
        ]
        for n in range(8):
            gift = make_donation(
                session,
                found[n % 3],
                amount=1000 + n,
                currency="usd" if n in (4, 7) else "eur",
                frequency=Frequency.MONTHLY if n % 2 else Frequency.ONCE,
                fee=None if n == 5 else 60 + n,
                # Recorded in another order than that of their days, two of which are shared.
                at=NOON - timedelta(days=(5, 3, 3, 9, 9, 9, 9, 1)[n]),
            )
            if n == 1:
                make_refund(session, gift, amount=500)
        erasures.wipe(session, found[2].id, NOON)
    refresh_rollups.refresh_all(current())
    return found


def look_in(app: Flask) -> batches.Look:
    @contextmanager
    def look() -> Iterator[Session]:
        with app.app_context(), reading() as session:
            yield session

    return look


def exported_donations(app: Flask, filters: DonationFilters, newest: int | None = None) -> list[Row]:
    with reading() as session:
        rows, last = donation_feed.measure(session, filters)
    read = donation_feed.batches(look_in(app), current().vault, filters, last if newest is None else newest)
    found = [row for batch in read for row in zip(*batch, strict=True)]
    assert newest is not None or len(found) == rows
    assert all(len(row) == len(donation_feed.FIELDS) for row in found)
    return found


def exported_supporters(app: Flask, filters: SupporterFilters) -> list[Row]:
    with reading() as session:
        people, newest = supporter_feed.measure(session, filters)
    read = supporter_feed.batches(look_in(app), current().vault, filters, newest)
    found = [row for batch in read for row in zip(*batch, strict=True)]
    assert len({row[0] for row in found}) == people
    return found


def summed_up(gifts: list[Donation]) -> Row:
    if not gifts:
        return (None,) * 5
    days = sorted(gift.charged_on for gift in gifts)
    given = sum(gift.amount for gift in gifts)
    return len(gifts), given, sum(gift.refunded_amount for gift in gifts), days[0], days[-1]


def person_of(supporter: Supporter) -> Row:
    if supporter.erased_at is not None:
        return (supporter.reference, None, None, "erased")
    contact = contact_of(supporter, current().vault)
    return (supporter.reference, contact.email, contact.name, None)


def test_every_donation_is_a_row_with_who_gave_it(app: Flask, people: list[Supporter]) -> None:
    with reading() as session:
        pairs = session.execute(select(Donation, Supporter).join(Supporter)).all()
    slowly = [
        (
            gift.charged_on, *person_of(giver), {"once": "One-time", "monthly": "Monthly"}[gift.frequency],
            "Stripe", None, gift.currency, gift.amount, gift.refunded_amount, gift.settlement_currency,
            gift.settled_amount, gift.fee_amount, gift.net_amount, gift.stripe_payment_intent_id,
        )
        for gift, giver in sorted(pairs, key=lambda pair: (pair[1].id, pair[0].id))
    ]  # fmt: skip

    assert exported_donations(app, DonationFilters()) == slowly


@pytest.mark.parametrize(
    ("filters", "amounts"),
    [
        (DonationFilters(period=SOME_DAYS), [1003, 1004, 1005, 1006, 1000]),
        (DonationFilters(currency="usd"), [1004, 1007]),
        (DonationFilters(frequency=Frequency.MONTHLY), [1003, 1001, 1007, 1005]),
        (DonationFilters(source=DonationSource.OFFLINE), []),
    ],
)  # fmt: skip
def test_the_filters_of_the_list_choose_the_donations(
    app: Flask, people: list[Supporter], filters: DonationFilters, amounts: list[int]
) -> None:
    assert [row[9] for row in exported_donations(app, filters)] == amounts


def test_donations_that_come_after_the_beginning_are_not_in_it(app: Flask, people: list[Supporter]) -> None:
    with reading() as session:
        _, newest = donation_feed.measure(session, DonationFilters())
    with writing() as session:
        make_donation(session, people[0], at=NOON - timedelta(days=4))

    assert len(exported_donations(app, DonationFilters(), newest)) == 8


def test_whoever_is_erased_meanwhile_is_named_no_more(app: Flask, people: list[Supporter]) -> None:
    by_day = DonationFilters(period=Period(date(2026, 11, 1), date(2026, 11, 22)))
    with reading() as session:
        _, newest = donation_feed.measure(session, by_day)
    read = donation_feed.batches(look_in(app), current().vault, by_day, newest)
    first = next(read)
    with writing() as session:
        erasures.wipe(session, people[1].id, NOON)

    rest = [row for batch in read for row in zip(*batch, strict=True)]

    assert "reader1@example.com" in first[2]
    assert {row[2] for row in rest if row[4] is None} <= {"reader0@example.com", "reader1@example.com"}
    assert rest[-1][1:5] == (people[1].reference, None, None, "erased")


def test_every_supporter_is_in_it_with_what_they_gave(app: Flask, people: list[Supporter]) -> None:
    with reading() as session:
        supporters = {each.id: each for each in session.scalars(select(Supporter))}
        gifts = session.scalars(select(Donation)).all()
    slowly: list[Row] = []
    for each in people:
        mine = [gift for gift in gifts if gift.supporter_id == each.id]
        for code in sorted({gift.currency for gift in mine}) or [None]:
            of_it = [gift for gift in mine if gift.currency == code]
            slowly.append((*person_of(supporters[each.id]), "no", code, *summed_up(of_it)))

    assert exported_supporters(app, SupporterFilters()) == slowly
    assert len(slowly) == 5


@pytest.mark.parametrize(
    ("filters", "who"),
    [
        (SupporterFilters(kind=Kind.NEVER), [3]),
        (SupporterFilters(currency="usd"), [1, 1]),
        (SupporterFilters(last_gift=Period(date(2026, 11, 21), date(2026, 11, 22))), [1, 1]),
        (SupporterFilters(kind=Kind.RECURRING), []),
    ],
)  # fmt: skip
def test_the_filters_of_the_list_choose_the_supporters(
    app: Flask, people: list[Supporter], filters: SupporterFilters, who: list[int]
) -> None:
    assert [row[0] for row in exported_supporters(app, filters)] == [people[n].reference for n in who]


def test_an_address_that_does_not_open_costs_no_more_than_itself(app: Flask, people: list[Supporter]) -> None:
    with writing() as session:
        broken = session.get_one(Supporter, people[0].id)
        broken.email_sealed = session.get_one(Supporter, people[1].id).email_sealed

    rows = exported_supporters(app, SupporterFilters())

    assert rows[0][:4] == (people[0].reference, None, None, "address cannot be opened")
    assert rows[1][1] == "reader1@example.com"


def test_an_export_that_is_broken_off_leaves_nothing_open(app: Flask, people: list[Supporter]) -> None:
    opened: list[int] = []

    @contextmanager
    def look() -> Iterator[Session]:
        opened.append(1)
        try:
            with app.app_context(), reading() as session:
                yield session
        finally:
            opened.append(-1)

    read = supporter_feed.batches(look, current().vault, SupporterFilters(), 1_000_000)
    next(read)
    read.close()  # type: ignore[attr-defined]

    assert opened
    assert sum(opened) == 0
