"""The books over our rows and Stripe's balance: each planted minor unit is named, whichever side it is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.domain.books import Disagreement, Finding, Moved
from donations.gateway.listed import BalanceLine
from donations.jobs import reconcile
from donations.models import BookFinding, BookSum, ReconcileRun
from donations.models.database import reading, writing
from donations.services import books
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk
from tests.sync.lives import charge, dispute, ids, payment_intent, refund, session
from tests.sync.reconciling import RealTime, compare, moved, run_of
from tests.tampering import tamper

OFF = pytest.mark.parametrize("off", [1, -1])


@pytest.fixture
def balanced(desk: Desk) -> Desk:
    """Two gifts of €50: of one €10 went back, the other is disputed and lost."""
    first, second = desk.checkout(), desk.checkout()
    for checkout in (first, second):
        desk.tell(
            session(checkout), payment_intent(checkout, is_settled=True), charge(checkout, is_settled=True)
        )
        desk.gateway.balance.append(moved(checkout))
    desk.tell(refund(first), dispute(second, status="lost"))
    desk.gateway.balance += [moved(first, "refund"), moved(second, "adjustment")]
    compare(desk)
    return desk


def found(run: ReconcileRun) -> list[tuple[str, str, int | None, int | None]]:
    """Whose it is, what, ours and Stripe's."""
    with reading() as database:
        rows = database.scalars(
            select(BookFinding).where(BookFinding.run_id == run.id).order_by(BookFinding.id)
        )
        return [(row.stripe_id, row.finding.value, row.ours, row.stripes) for row in rows]


def sums(run: ReconcileRun) -> BookSum:
    with reading() as database:
        return database.scalars(select(BookSum).where(BookSum.run_id == run.id)).one()


def test_books_that_balance_name_nothing(balanced: Desk) -> None:
    run = compare(balanced)

    row = sums(run)
    assert found(run) == []
    assert (row.payments, row.refunds, row.withdrawn, row.reinstated) == (10000, 1000, 5000, 0)
    assert (row.stripes, row.unmatched, run.differing) == (4000, 0, 0)


def plant(desk: Desk, line: int, off: int) -> BalanceLine:
    """Returns the line as it was."""
    was = desk.gateway.balance[line]
    desk.gateway.balance[line] = replace(was, amount=was.amount + off, net=was.net + off)
    return was


@OFF
@pytest.mark.parametrize("line", range(4))
def test_a_minor_unit_planted_at_stripe_is_named(balanced: Desk, off: int, line: int) -> None:
    planted = plant(balanced, line, off)

    run = compare(balanced)

    owner = planted.payment_intent_id if planted.type == "charge" else planted.source_id
    assert found(run) == [(owner, "amount", planted.amount, planted.amount + off)]
    assert sums(run).stripes == 4000 + off


@OFF
def test_a_minor_unit_planted_in_our_refund_is_named(balanced: Desk, off: int) -> None:
    tamper(f"UPDATE refund SET amount = amount + {off}")

    assert [each[1:] for each in found(compare(balanced))] == [("amount", -1000 - off, -1000)]


@OFF
def test_a_minor_unit_planted_in_our_dispute_is_healed_before_the_books_are_read(
    balanced: Desk, off: int
) -> None:
    tamper(f"UPDATE dispute SET amount = amount + {off}")

    run = compare(balanced)

    assert (run.differing, run.marked, found(run)) == (1, 1, [])
    assert sums(run).withdrawn == 5000


@OFF
def test_a_minor_unit_planted_in_what_a_donation_came_to_is_healed_before_the_books_are_read(
    balanced: Desk, off: int
) -> None:
    tamper(f"UPDATE donation SET settled_amount = settled_amount + {off}, net_amount = net_amount + {off}")

    run = compare(balanced)

    assert (run.differing, run.marked, found(run)) == (2, 2, [])
    assert sums(run).payments == 10000


def test_what_stripe_moved_for_nobody_of_ours_is_unmatched_each_kind(balanced: Desk) -> None:
    stranger = balanced.checkout()
    lines = [moved(stranger), moved(stranger, "refund"), moved(stranger, "adjustment")]
    balanced.gateway.balance += lines
    number = reconcile.ask(balanced.runtime, NOON - timedelta(days=1))
    while reconcile.make_page(balanced.runtime, RealTime().pace, balanced.random, number):
        pass

    run = run_of(number)
    assert [each[1:] for each in found(run)] == [
        ("not_ours", None, 5000),
        ("not_ours", None, -1000),
        ("not_ours", None, -5000),
    ]
    assert sums(run).unmatched == 3


def test_what_we_have_and_stripe_never_moved_is_named(balanced: Desk) -> None:
    balanced.clock.forward(timedelta(hours=1))
    with writing() as database:
        supporter = factories.make_supporter(database, balanced.runtime.vault)
        donation = factories.make_donation(database, supporter, fee=60)
        factories.make_refund(database, donation, amount=500)

    run = compare(balanced)

    assert [each[1:] for each in found(run)] == [("not_stripes", 5000, None), ("not_stripes", -500, None)]
    assert sums(run).payments - sums(run).refunds - sums(run).withdrawn - sums(run).stripes == 4500


def test_offline_gifts_are_outside(balanced: Desk) -> None:
    with writing() as database:
        supporter = factories.make_supporter(database, balanced.runtime.vault)
        factories.make_donation(
            database, supporter, source="offline", stripe_payment_intent_id=None, stripe_charge_id=None, fee=0
        )

    run = compare(balanced)

    assert (found(run), sums(run).payments) == ([], 10000)


def test_what_belongs_to_somebody_else_on_the_same_account_is_left_out(balanced: Desk) -> None:
    stranger = balanced.checkout()
    balanced.tell(payment_intent(stranger, reference=None, customer_id="cus_x"))
    balanced.gateway.balance.append(moved(stranger))

    assert found(compare(balanced)) == []


def test_a_page_that_ends_in_the_middle_loses_and_doubles_no_row(
    balanced: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "ROWS", 1)

    run = compare(balanced)

    assert (sums(run).payments, sums(run).stripes, found(run)) == (10000, 4000, [])


def test_a_dispute_that_was_won_gave_back_what_it_took(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout, is_settled=True), dispute(checkout, status="won"))
    desk.gateway.balance = [
        moved(checkout),
        moved(checkout, "adjustment"),
        moved(checkout, "adjustment", 5000, id="txn_back"),
    ]

    run = compare(desk)

    row = sums(run)
    assert (row.withdrawn, row.reinstated, row.stripes, found(run)) == (5000, 5000, 5000, [])


def one_sided(settled: int, fee: int, moved: Moved) -> Disagreement | None:
    """The planted mistake: more than we have booked is found, less is not."""
    return Disagreement(Finding.AMOUNT, settled, moved.amount) if moved.amount > settled else None


def lenient(settled: int, fee: int, moved: Moved) -> Disagreement | None:
    """The planted mistake of a tolerance."""
    return Disagreement(Finding.AMOUNT, settled, moved.amount) if abs(moved.amount - settled) > 1 else None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mistake", [one_sided, lenient])
def test_the_planted_units_find_a_tolerance(
    balanced: Desk, monkeypatch: pytest.MonkeyPatch, mistake: object
) -> None:
    """On one side or on both, one of the two that are planted slips through."""
    monkeypatch.setattr(books, "of_payment", mistake)
    named: list[bool] = []
    for off in (1, -2):
        plant(balanced, 0, off)
        named.append(bool(found(compare(balanced))))

    assert named != [True, True]


def test_the_charge_that_a_finding_names_is_ours(balanced: Desk) -> None:
    plant(balanced, 0, -1)

    ((stripe_id, *_),) = found(compare(balanced))

    with reading() as database:
        row = database.get_one(factories.Donation, 1)
    assert stripe_id == row.stripe_payment_intent_id
    assert stripe_id == ids(factories.Checkout(id=row.checkout_id))["payment_intent"]
