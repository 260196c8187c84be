"""A page of the books adds up what is ours and what Stripe moved for it, and names what disagrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask

from donations.domain.books import Disagreement, Finding
from donations.domain.disputes import DisputeStatus
from donations.domain.reconciling import RunKind, Step
from donations.domain.refunds import RefundStatus
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine
from donations.models import BalanceEntry, BookFinding, BookSum, Donation, StripeObject
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import balance, books, reconcile_runs
from donations.services.books import BookPage, Line, Sum
from donations.services.reconcile_runs import Place
from tests import factories
from tests.factories import NOON
from tests.sync.desk import count_of, only

SECOND = timedelta(seconds=1)
BEGAN = NOON + timedelta(hours=1)
_numbers = count(1)


def page(step: Step, since: datetime = NOON, began: datetime = BEGAN, cursor: str | None = None) -> BookPage:
    with reading() as session:
        return books.read_page(session, Place(1, RunKind.NIGHTLY, since, began, step, cursor, 0, 0))


def donation(**columns: object) -> Donation:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        return factories.make_donation(session, supporter, **({"fee": 60} | columns))  # type: ignore[arg-type]


def refund(whose: Donation, amount: int, status: str = "succeeded", at: datetime = NOON) -> str:
    with writing() as session:
        row = session.get_one(Donation, whose.id)
        made = factories.make_refund(session, row, amount=amount, status=RefundStatus(status), at=at)
        return made.stripe_refund_id


def dispute(whose: Donation, status: str = "lost", at: datetime = NOON) -> str:
    with writing() as session:
        row = session.get_one(Donation, whose.id)
        made = factories.make_dispute(session, row, status=DisputeStatus(status), at=at)
        return made.stripe_dispute_id


def line(
    source: str | None, payment: str | None, amount: int, fee: int = 0, **changes: object
) -> BalanceLine:
    number = next(_numbers)
    whole = BalanceLine(
        f"txn_{number}", "some", "eur", amount, fee, amount - fee, source, payment, NOON + SECOND
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def move(*lines: BalanceLine, at: datetime = NOON) -> None:
    with writing() as session:
        balance.store(session, lines, at)


def bring(whose: Donation, amount: int = 5000, fee: int = 60) -> None:
    move(line(whose.stripe_charge_id, whose.stripe_payment_intent_id, amount, fee))


def test_payments_are_added_up_on_both_sides(app: Flask) -> None:
    first, second = donation(), donation(amount=700, fee=30)
    bring(first)
    bring(second, 700, 30)

    found = page(Step.BOOK_PAYMENTS)

    assert (found.lines, found.rows, found.cursor) == ([], 2, None)
    assert found.sums == {"eur": Sum(payments=5700, stripes=5700)}


def test_each_currency_has_sums_of_its_own_and_a_line_names_its_own(app: Flask) -> None:
    euro, dollar = donation(), donation(currency="usd")
    bring(euro)
    move(line("ch_x", dollar.stripe_payment_intent_id, 4999, 60, currency="usd"))

    found = page(Step.BOOK_PAYMENTS)

    assert found.sums == {
        "eur": Sum(payments=5000, stripes=5000),
        "usd": Sum(payments=5000, stripes=4999),
    }
    assert found.lines == [
        Line(
            ObjectKind.PAYMENT_INTENT,
            dollar.stripe_payment_intent_id or "",
            "usd",
            Disagreement(Finding.AMOUNT, 5000, 4999),
        )
    ]


def test_the_fee_is_compared_too(app: Flask) -> None:
    whose = donation()
    bring(whose, fee=61)

    (found,) = page(Step.BOOK_PAYMENTS).lines

    assert found.found == Disagreement(Finding.FEE, 60, 61)


def test_only_what_was_charged_since_and_settled_and_came_through_stripe_is_looked_at(app: Flask) -> None:
    morning = NOON - timedelta(hours=12)
    donation(at=morning - SECOND)
    donation(fee=None)
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        in_cash = factories.make_offline_donation(session, supporter.id)
    wanted = donation(at=morning)

    found = page(Step.BOOK_PAYMENTS, since=morning)

    assert in_cash.charged_at >= morning
    assert [each.stripe_id for each in found.lines] == [wanted.stripe_payment_intent_id]
    assert (found.rows, found.lines[0].found) == (1, Disagreement(Finding.NOT_STRIPES, 5000, None))


def test_what_came_while_the_balance_was_listed_is_no_finding_and_in_no_sum(app: Flask) -> None:
    whose = donation(recorded_at=BEGAN, settlement_recorded_at=BEGAN)
    refund(whose, 100, at=BEGAN)
    dispute(whose, at=BEGAN)

    for step in (Step.BOOK_PAYMENTS, Step.BOOK_REFUNDS, Step.BOOK_DISPUTES):
        assert (page(step).lines, page(step).sums, page(step).rows) == ([], {}, 1)
        assert [each.found.finding for each in page(step, began=BEGAN + SECOND).lines] == [
            Finding.NOT_STRIPES
        ]


def test_what_came_while_listed_and_moved_already_is_compared(app: Flask) -> None:
    whose = donation(recorded_at=BEGAN, settlement_recorded_at=BEGAN)
    bring(whose, 1)

    assert [each.found.finding for each in page(Step.BOOK_PAYMENTS).lines] == [Finding.AMOUNT]


def test_one_that_came_meanwhile_hides_none_after_it(app: Flask) -> None:
    whose = donation(settlement_recorded_at=BEGAN)
    bring(donation())
    refund(whose, 100, at=BEGAN)
    move(line(refund(whose, 200), whose.stripe_payment_intent_id, -200))
    other = donation()
    dispute(whose, at=BEGAN)
    move(line(dispute(other), other.stripe_payment_intent_id, -5000))

    assert page(Step.BOOK_PAYMENTS).sums["eur"].payments == 5000 + 5000
    assert page(Step.BOOK_REFUNDS).sums["eur"].refunds == 200
    assert page(Step.BOOK_DISPUTES).sums["eur"].withdrawn == 5000


def test_refunds_are_summed_by_what_became_of_them(app: Flask) -> None:
    whose = donation()
    lines = [(1000, "succeeded", -1000), (500, "pending", -500), (300, "failed", 0)]
    for amount, status, moved in lines:
        move(line(refund(whose, amount, status), whose.stripe_payment_intent_id, moved))
    refund(whose, 70, "pending")
    refund(whose, 30, "canceled")
    move(line("re_strange", whose.stripe_payment_intent_id, -9))

    found = page(Step.BOOK_REFUNDS)

    assert (found.lines, found.rows) == ([], 5)
    assert found.sums == {"eur": Sum(refunds=1000, on_their_way=500, stripes=-1500)}


def test_a_refund_that_disagrees_is_named_and_one_before_is_not_looked_at(app: Flask) -> None:
    whose = donation()
    refund(whose, 70, at=NOON - SECOND)
    named = refund(whose, 1000, at=NOON)
    move(line(named, whose.stripe_payment_intent_id, -999))

    found = page(Step.BOOK_REFUNDS)

    assert found.lines == [Line(ObjectKind.REFUND, named, "eur", Disagreement(Finding.AMOUNT, -1000, -999))]
    assert found.sums == {"eur": Sum(refunds=1000, stripes=-999)}


def test_several_movements_of_one_refund_are_added_up(app: Flask) -> None:
    whose = donation()
    named = refund(whose, 1000, "failed")
    move(
        line(named, whose.stripe_payment_intent_id, -1000, 5),
        line(named, whose.stripe_payment_intent_id, 1000, -5),
    )

    assert page(Step.BOOK_REFUNDS).lines == []
    move(line(named, whose.stripe_payment_intent_id, 0, 0, net=7))
    (found,) = page(Step.BOOK_REFUNDS).lines
    assert found.found == Disagreement(Finding.NET, 0, 7)


def converted(**columns: object) -> Donation:
    """Fifty dollars that came to forty-five euros."""
    return donation(
        currency="usd",
        settlement_currency="eur",
        settled_amount=4500,
        fee_amount=60,
        net_amount=4440,
        **columns,
    )


def test_of_another_currency_the_sums_are_what_stripe_moved(app: Flask) -> None:
    for moved in (-930, -70):
        whose, other = converted(), converted()
        move(line(refund(whose, 1000), whose.stripe_payment_intent_id, moved))
        move(line(dispute(other), other.stripe_payment_intent_id, moved * 5))

    refunds, disputes = page(Step.BOOK_REFUNDS), page(Step.BOOK_DISPUTES)

    assert (refunds.lines, refunds.sums) == ([], {"eur": Sum(refunds=1000, stripes=-1000)})
    assert (disputes.lines, disputes.sums) == ([], {"eur": Sum(withdrawn=5000, stripes=-5000)})


def test_before_a_payment_has_settled_its_own_currency_is_that_of_what_was_taken(app: Flask) -> None:
    whose = donation(fee=None)
    move(line(refund(whose, 1000), whose.stripe_payment_intent_id, -1000))
    move(line(dispute(whose), whose.stripe_payment_intent_id, -5000))

    assert page(Step.BOOK_REFUNDS).sums == {"eur": Sum(refunds=1000, stripes=-1000)}
    assert page(Step.BOOK_DISPUTES).sums == {"eur": Sum(withdrawn=5000, stripes=-5000)}


@pytest.mark.parametrize(
    ("status", "moved", "sums"),
    [
        ("lost", -5000, Sum(withdrawn=10000, stripes=-10000)),
        ("needs_response", -5000, Sum(withdrawn=10000, stripes=-10000)),
        ("won", 0, Sum(withdrawn=10000, reinstated=10000)),
        ("warning_needs_response", 0, Sum()),
    ],
)
def test_disputes_are_summed_by_what_they_took_and_gave_back(
    app: Flask, status: str, moved: int, sums: Sum
) -> None:
    for _ in range(2):
        whose = donation()
        move(line(dispute(whose, status), whose.stripe_payment_intent_id, moved, 15))

    found = page(Step.BOOK_DISPUTES)

    assert (found.lines, found.sums, found.rows) == ([], {"eur": sums}, 2)


def test_a_dispute_that_disagrees_is_named_and_one_before_is_not_looked_at(app: Flask) -> None:
    dispute(donation(), at=NOON - SECOND)
    named = dispute(donation())

    found = page(Step.BOOK_DISPUTES)

    assert found.lines == [
        Line(ObjectKind.DISPUTE, named, "eur", Disagreement(Finding.NOT_STRIPES, -5000, None))
    ]
    assert found.rows == 1


def test_what_moved_for_nothing_of_ours_is_named_by_its_kind(app: Flask) -> None:
    whose = donation()
    bring(whose)
    for named in (refund(whose, 10), dispute(whose)):
        move(line(named, whose.stripe_payment_intent_id, -10))
    move(
        line("ch_old", "pi_old", 5, created_at=NOON - SECOND),
        line("po_1", None, -999),
        line("ch_new", "pi_new", 5, created_at=NOON),
        line("re_new", "pi_new", -3, currency="usd"),
        line("du_new", "pi_new", -2),
    )

    found = page(Step.BOOK_UNMATCHED)

    assert [(each.kind, each.stripe_id, each.currency, each.found) for each in found.lines] == [
        (ObjectKind.CHARGE, "ch_new", "eur", Disagreement(Finding.NOT_OURS, None, 5)),
        (ObjectKind.REFUND, "re_new", "usd", Disagreement(Finding.NOT_OURS, None, -3)),
        (ObjectKind.DISPUTE, "du_new", "eur", Disagreement(Finding.NOT_OURS, None, -2)),
    ]
    assert found.sums == {"eur": Sum(unmatched=2), "usd": Sum(unmatched=1)}


def test_what_we_lack_of_a_known_payment_is_named_though_the_payment_stands_beside_it(app: Flask) -> None:
    whose = donation()
    bring(whose)
    payment = whose.stripe_payment_intent_id
    assert page(Step.BOOK_UNMATCHED).lines == []
    move(line("re_lost", payment, -10), line("du_lost", payment, -20))

    assert [each.stripe_id for each in page(Step.BOOK_UNMATCHED).lines] == ["re_lost", "du_lost"]


@pytest.mark.parametrize(
    ("kind", "problem", "is_named"),
    [
        (ObjectKind.PAYMENT_INTENT, "not ours: no reference", False),
        (ObjectKind.PAYMENT_INTENT, "another amount", True),
        (ObjectKind.INVOICE, "not ours: no reference", True),
    ],
)
def test_what_was_found_to_be_somebody_elses_is_left_out(
    app: Flask, kind: ObjectKind, problem: str, is_named: bool
) -> None:
    with writing() as session:
        session.add(
            StripeObject(
                kind=kind,
                stripe_id="pi_new",
                generation=1,
                applied=1,
                marked_at=NOON,
                tries=0,
                next_try_at=NOON,
                problem=problem,
            )
        )
    move(line("ch_new", "pi_new", 5), line("re_new", "pi_new", -5))

    assert len(page(Step.BOOK_UNMATCHED).lines) == (2 if is_named else 0)


def test_a_full_page_says_where_the_next_begins(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "ROWS", 3)
    made = [donation(at=NOON + n * SECOND) for n in (4, 2, 3, 1)]

    first = page(Step.BOOK_PAYMENTS)
    second = page(Step.BOOK_PAYMENTS, cursor=first.cursor)

    assert (first.rows, first.cursor) == (3, str(made[2].id))
    assert (second.rows, second.cursor) == (1, None)
    named = [each.stripe_id for each in (*first.lines, *second.lines)]
    assert named == [each.stripe_payment_intent_id for each in made]


def run_id() -> int:
    with writing() as session:
        return reconcile_runs.ask(session, NOON, NOON)


def store(number: int, found: BookPage) -> None:
    with writing() as session:
        books.store_page(session, number, found)


def test_pages_of_a_run_are_added_up_and_other_runs_left_alone(app: Flask) -> None:
    one, other = run_id(), run_id()
    whole = Sum(1, 2, 3, 4, 5, 6, 7)

    store(other, BookPage(sums={"eur": Sum(100)}))
    for _ in range(2):
        store(one, BookPage(sums={"eur": whole, "usd": Sum(9)}))

    row = only(BookSum, run_id=one, currency="eur")
    assert (row.payments, row.refunds, row.withdrawn, row.reinstated) == (2, 4, 6, 8)
    assert (row.on_their_way, row.stripes, row.unmatched) == (10, 12, 14)
    assert only(BookSum, run_id=one, currency="usd").payments == 18
    assert only(BookSum, run_id=other).payments == 100


def test_all_of_a_finding_is_kept_and_no_more_than_anybody_reads(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "MOST_FINDINGS", 3)
    one, other = run_id(), run_id()
    lines = [
        Line(ObjectKind.REFUND, f"re_{n}", "usd", Disagreement(Finding.AMOUNT, n, n + 1)) for n in range(4)
    ]

    store(other, BookPage(lines=lines[:2]))
    for page_of_lines, kept in ((lines[:1], 1), (lines[:1], 2), (lines, 3), (lines, 3)):
        store(one, BookPage(lines=page_of_lines))
        assert count_of(BookFinding, run_id=one) == kept
    third = run_id()
    store(third, BookPage(lines=lines))

    assert (count_of(BookFinding, run_id=third), count_of(BookFinding, run_id=other)) == (3, 2)
    row = only(BookFinding, run_id=other, stripe_id="re_1")
    assert (row.finding, row.object_kind, row.currency) == (Finding.AMOUNT, "refund", "usd")
    assert (row.ours, row.stripes) == (1, 2)


def test_a_line_of_the_balance_is_kept_once_as_stripe_says_it_now(app: Flask) -> None:
    first = line("re_1", "pi_1", -10, 2)
    move(first)
    row = only(BalanceEntry)
    assert (row.stripe_balance_transaction_id, row.type, row.currency) == (first.id, "some", "eur")
    assert (row.amount, row.fee, row.net) == (-10, 2, -12)
    assert (row.source_kind, row.stripe_source_id, row.stripe_payment_intent_id) == ("refund", "re_1", "pi_1")
    assert (row.created_at, row.seen_at) == (NOON + SECOND, NOON)

    later = NOON + timedelta(days=1)
    move(replace(first, type="other", currency="usd", amount=-20, fee=3, net=-23), at=later)

    row = only(BalanceEntry)
    assert (row.type, row.currency, row.amount, row.fee, row.net) == ("other", "usd", -20, 3, -23)
    assert (row.seen_at, row.created_at) == (later, NOON + SECOND)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("ch_1", "charge"),
        ("py_1", "charge"),
        ("re_1", "refund"),
        ("pyr_1", "refund"),
        ("du_1", "dispute"),
        ("po_1", None),
        ("sub_1", None),
        (None, None),
    ],
)
def test_only_what_moves_the_money_of_gifts_has_a_kind(
    app: Flask, source: str | None, kind: str | None
) -> None:
    move()
    move(line(source, None, 1))

    assert (only(BalanceEntry).source_kind, only(BalanceEntry).stripe_source_id) == (kind, source)
