"""Each field that is not as Stripe lists it is named, with both sides; what agrees is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine, Listed
from donations.gateway.snapshots import Snapshot
from donations.models import Checkout, Donation, StripeObject, Subscription
from donations.models.database import reading, writing
from donations.sync.drift.balance import of_balance
from donations.sync.drift.difference import Difference, said
from donations.sync.drift.registry import differences
from donations.sync.drift.verdict import Verdict, judge
from donations.sync.outcome import Relative
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk
from tests.sync.lives import charge, dispute, ids, invoice, payment_intent, refund, session, subscription
from tests.sync.reconciling import moved

DAY = timedelta(days=1)
Named = tuple[str, str, str, str]
"""Whose, which field, ours and Stripe's."""


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk()


def told(found: Iterable[Difference], kind: ObjectKind) -> list[Named]:
    listed = list(found)
    assert {each.kind for each in listed} <= {kind}
    assert all(each.about == Relative(each.kind, each.stripe_id) for each in listed)
    return [(each.stripe_id, each.field, each.ours, each.stripes) for each in listed]


def compared(kind: ObjectKind, *snapshots: Snapshot) -> list[Named]:
    with reading() as database:
        listed = [Listed(kind, each.id, each) for each in snapshots]
        return told(differences(database, kind, listed), kind)


def moves(*lines: BalanceLine) -> list[Difference]:
    with reading() as database:
        return list(of_balance(database, lines))


def given(desk: Desk, **columns: Any) -> Checkout:
    """€50 that were paid and settled, as Stripe has them."""
    checkout = desk.checkout(status=CheckoutStatus.PAID, **columns)
    named = ids(checkout)
    with writing() as database:
        supporter = database.get_one(factories.Supporter, checkout.supporter_id)
        factories.make_donation(
            database,
            supporter,
            checkout=checkout,
            fee=60,
            stripe_payment_intent_id=named["payment_intent"],
            stripe_charge_id=named["charge"],
        )
    return checkout


def repeating(desk: Desk, **columns: Any) -> Checkout:
    """A monthly gift of €50, as Stripe has it."""
    checkout = desk.checkout(Frequency.MONTHLY, status=CheckoutStatus.PAID)
    named = ids(checkout)
    values = {
        "amount": 5000,
        "stripe_subscription_id": named["subscription"],
        "current_period_ends_at": NOON + timedelta(days=30),
        "stripe_payment_method_id": "pm_1",
    }
    with writing() as database:
        supporter = database.get_one(factories.Supporter, checkout.supporter_id)
        factories.make_subscription(database, supporter, checkout=checkout, **(values | columns))
    return checkout


def monthly(checkout: Checkout, **changes: object) -> Snapshot:
    """As its row has it, unless `changes` say otherwise."""
    with reading() as database:
        row = database.query(Subscription).filter_by(checkout_id=checkout.id).one()
        return subscription(checkout, **({"customer_id": row.stripe_customer_id} | changes))


def test_a_value_is_said_in_words_and_time_in_whole_seconds() -> None:
    assert (said(None), said(0), said("x")) == ("–", "0", "x")
    assert said(datetime(2026, 3, 4, 5, 6, 7, 890, UTC)) == "2026-03-04 05:06:07"


def test_a_shape_that_is_not_known_differs_as_a_whole_and_hides_no_others(desk: Desk) -> None:
    checkout = given(desk)
    listed = [
        Listed(ObjectKind.PAYMENT_INTENT, "pi_strange", None),
        Listed(ObjectKind.PAYMENT_INTENT, "x", payment_intent(checkout, amount_received=1)),
    ]

    with reading() as database:
        found = told(differences(database, ObjectKind.PAYMENT_INTENT, listed), ObjectKind.PAYMENT_INTENT)

    assert found == [
        ("pi_strange", "shape", "–", "not understood"),
        (ids(checkout)["payment_intent"], "amount", "5000", "1"),
    ]


def test_a_payment_that_is_as_we_have_it_is_not_named_settled_or_not(desk: Desk) -> None:
    checkout = given(desk)

    for listed in (
        payment_intent(checkout, is_settled=True),
        payment_intent(checkout),
        payment_intent(checkout, charge=None),
    ):
        assert compared(ObjectKind.PAYMENT_INTENT, listed) == []


@pytest.mark.parametrize(
    ("changes", "field", "ours", "stripes"),
    [
        ({"status": "canceled"}, "status", "succeeded", "canceled"),
        ({"amount_received": 5001}, "amount", "5000", "5001"),
        ({"currency": "usd"}, "currency", "eur", "usd"),
    ],
)
def test_each_field_of_a_payment_is_compared(
    desk: Desk, changes: dict[str, object], field: str, ours: str, stripes: str
) -> None:
    checkout = given(desk)

    found = compared(ObjectKind.PAYMENT_INTENT, payment_intent(checkout, is_settled=True, **changes))

    assert found == [(ids(checkout)["payment_intent"], field, ours, stripes)]


def test_the_charge_and_each_part_of_its_settlement_are_compared(desk: Desk) -> None:
    checkout = given(desk)
    whole = charge(checkout, is_settled=True)
    assert whole.balance is not None
    strange = replace(
        whole, id="ch_2", balance=replace(whole.balance, currency="usd", amount=1, fee=2, net=3)
    )

    found = compared(ObjectKind.PAYMENT_INTENT, payment_intent(checkout, charge=strange))

    assert {each[0] for each in found} == {ids(checkout)["payment_intent"]}
    assert [each[1:] for each in found] == [
        ("charge", ids(checkout)["charge"], "ch_2"),
        ("settlement currency", "eur", "usd"),
        ("settled", "5000", "1"),
        ("fee", "60", "2"),
        ("net", "4940", "3"),
    ]


def test_a_payment_without_a_donation_is_missing_where_it_may_be_ours(desk: Desk) -> None:
    one, monthly, stranger = desk.checkout(), desk.checkout(Frequency.MONTHLY), desk.checkout()

    found = compared(
        ObjectKind.PAYMENT_INTENT,
        payment_intent(stranger, reference=None, customer_id=None),
        payment_intent(one),
        payment_intent(monthly, amount_received=700),
    )

    assert found == [
        (ids(one)["payment_intent"], "donation", "–", "5000"),
        (ids(monthly)["payment_intent"], "donation", "–", "700"),
    ]


NEWS = {
    "processing": {CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.UNPAID},
    "requires_payment_method": {CheckoutStatus.PROCESSING},
    "canceled": {CheckoutStatus.PROCESSING},
}


@pytest.mark.parametrize("status", list(CheckoutStatus))
def test_a_payment_that_was_not_made_is_named_where_its_attempt_would_say_otherwise(
    desk: Desk, status: CheckoutStatus
) -> None:
    checkout = desk.checkout(status=status)

    for stripes in (*NEWS, "requires_action"):
        found = compared(ObjectKind.PAYMENT_INTENT, payment_intent(checkout, status=stripes))
        wanted = [(ids(checkout)["payment_intent"], "status", status.value, stripes)]
        assert found == (wanted if status in NEWS.get(stripes, ()) else [])


def test_refunds_and_disputes_are_compared_field_by_field(desk: Desk) -> None:
    checkout = given(desk)
    with writing() as database:
        row = database.query(Donation).one()
        kept = factories.make_refund(database, row, amount=1000)
        kept.stripe_refund_id = f"{ids(checkout)['refund']}_1"
        factories.make_dispute(database, row).stripe_dispute_id = ids(checkout)["dispute"]

    assert compared(ObjectKind.REFUND, refund(checkout)) == []
    assert compared(ObjectKind.DISPUTE, dispute(checkout)) == []
    whose = f"{ids(checkout)['refund']}_1"
    assert compared(
        ObjectKind.REFUND,
        refund(checkout, amount=999, currency="usd", status="failed"),
        refund(checkout, number=2, amount=7),
    ) == [
        (whose, "amount", "1000", "999"),
        (whose, "currency", "eur", "usd"),
        (whose, "status", "succeeded", "failed"),
        (f"{ids(checkout)['refund']}_2", "refund", "–", "7"),
    ]
    whose = ids(checkout)["dispute"]
    assert compared(
        ObjectKind.DISPUTE,
        dispute(checkout, id="du_new"),
        dispute(checkout, amount=1, currency="usd", status="lost"),
    ) == [
        ("du_new", "dispute", "–", "5000"),
        (whose, "amount", "5000", "1"),
        (whose, "currency", "eur", "usd"),
        (whose, "status", "needs_response", "lost"),
    ]


def test_a_recurring_gift_that_is_as_we_have_it_is_not_named(desk: Desk) -> None:
    checkout = repeating(desk)

    assert compared(ObjectKind.SUBSCRIPTION, monthly(checkout)) == []


AT = NOON + timedelta(days=9)
SAID = "2026-12-01 12:00:00"


@pytest.mark.parametrize(
    ("changes", "field", "ours", "stripes"),
    [
        ({"status": "past_due"}, "status", "active", "past_due"),
        ({"unit_amount": 2500}, "amount", "5000", "2500"),
        ({"quantity": 2}, "amount", "5000", "10000"),
        ({"currency": "usd"}, "currency", "eur", "usd"),
        ({"interval": "year"}, "frequency", "monthly", "annual"),
        ({"interval": "week"}, "frequency", "monthly", "not offered"),
        ({"current_period_ends_at": AT}, "period ends", "2026-12-22 12:00:00", SAID),
        ({"cancel_at": AT}, "ends", "–", SAID),
        ({"ended_at": AT}, "ended", "–", SAID),
        ({"is_collection_paused": True}, "paused", "False", "True"),
        ({"resumes_at": AT}, "resumes", "–", SAID),
        ({"payment_method_id": "pm_2"}, "charged", "pm_1", "pm_2"),
        ({"payment_method_id": None}, "charged", "pm_1", "–"),
    ],
)
def test_each_field_of_a_recurring_gift_is_compared(
    desk: Desk, changes: dict[str, object], field: str, ours: str, stripes: str
) -> None:
    checkout = repeating(desk)

    found = compared(ObjectKind.SUBSCRIPTION, monthly(checkout, **changes))

    assert found == [(ids(checkout)["subscription"], field, ours, stripes)]


def test_another_customer_is_a_difference_and_an_end_that_stripe_does_not_list_is_none(desk: Desk) -> None:
    ended = repeating(desk, standing=Standing.CANCELED)

    assert compared(ObjectKind.SUBSCRIPTION, monthly(ended, status="canceled")) == []
    ((whose, field, _ours, stripes),) = compared(
        ObjectKind.SUBSCRIPTION, monthly(ended, status="canceled", customer_id="cus_other")
    )
    assert (whose, field, stripes) == (ids(ended)["subscription"], "customer", "cus_other")


def test_a_subscription_that_we_lack_is_missing_where_it_carries_a_reference(desk: Desk) -> None:
    ours, stranger = desk.checkout(Frequency.MONTHLY), desk.checkout(Frequency.MONTHLY)

    found = compared(
        ObjectKind.SUBSCRIPTION, subscription(stranger, reference=None), subscription(ours, status="trialing")
    )

    assert found == [(ids(ours)["subscription"], "subscription", "–", "trialing")]


def test_a_paid_invoice_without_its_donation_is_missing(desk: Desk) -> None:
    known, unknown, stranger = repeating(desk), desk.checkout(Frequency.MONTHLY), desk.checkout()

    found = compared(
        ObjectKind.INVOICE,
        invoice(known, subscription_id=None),
        invoice(stranger, reference=None),
        invoice(known, reference=None),
        invoice(unknown, amount_paid=700),
        invoice(known, id="in_free", amount_paid=0),
    )

    assert found == [
        (ids(known)["invoice"], "donation", "–", "5000"),
        (ids(unknown)["invoice"], "donation", "–", "700"),
    ]


def test_a_paid_invoice_with_its_donation_agrees(desk: Desk) -> None:
    checkout = repeating(desk)
    with writing() as database:
        supporter = database.get_one(factories.Supporter, checkout.supporter_id)
        factories.make_donation(database, supporter, stripe_invoice_id=ids(checkout)["invoice"])

    assert compared(ObjectKind.INVOICE, invoice(checkout)) == []


OWED: dict[str, object] = {"status": "open", "attempts": 1, "is_first": False, "next_attempt_at": AT}


@pytest.mark.parametrize(
    ("changes", "is_named"),
    [
        ({}, True),
        ({"attempts": 0}, False),
        ({"is_first": True}, False),
        ({"status": "draft"}, False),
        ({"status": "void"}, False),
    ],
)
def test_what_is_owed_must_stand_on_its_gift(desk: Desk, changes: dict[str, object], is_named: bool) -> None:
    checkout = repeating(desk)

    found = compared(ObjectKind.INVOICE, invoice(checkout, **(OWED | changes)))

    wanted = [(ids(checkout)["invoice"], "tried again", "not known to be owed", SAID)]
    assert found == (wanted if is_named else [])


def test_of_what_is_known_to_be_owed_only_the_next_try_is_compared(desk: Desk) -> None:
    checkout = repeating(desk, standing=Standing.PAST_DUE)
    whose = ids(checkout)["invoice"]
    with writing() as database:
        row = database.query(Subscription).one()
        row.failing_invoice_id, row.failing_next_try_at = whose, AT

    assert compared(ObjectKind.INVOICE, invoice(checkout, **OWED)) == []
    assert compared(ObjectKind.INVOICE, invoice(checkout, **(OWED | {"next_attempt_at": None}))) == [
        (whose, "tried again", SAID, "–")
    ]
    assert compared(ObjectKind.INVOICE, invoice(checkout, **(OWED | {"status": "void"}))) == [
        (whose, "status", "open", "void")
    ]


def test_what_is_owed_of_a_gift_that_has_ended_is_nobodys_concern(desk: Desk) -> None:
    checkout = repeating(desk, standing=Standing.CANCELED)

    assert compared(ObjectKind.INVOICE, invoice(checkout, **OWED)) == []


def test_a_session_that_is_as_its_attempt_is_not_named(desk: Desk) -> None:
    paid = desk.checkout(status=CheckoutStatus.PAID, stripe_payment_intent_id="pi_9")

    for payment_intent_id in ("pi_9", None):
        assert compared(ObjectKind.CHECKOUT_SESSION, session(paid, payment_intent_id=payment_intent_id)) == []


def test_each_id_of_a_session_is_compared(desk: Desk) -> None:
    checkout = desk.checkout(
        status=CheckoutStatus.PAID,
        stripe_session_id="cs_1",
        stripe_payment_intent_id="pi_1",
        stripe_subscription_id=None,
    )

    found = compared(
        ObjectKind.CHECKOUT_SESSION,
        session(checkout, id="cs_2", payment_intent_id="pi_2", subscription_id="sub_2"),
    )

    assert found == [
        ("cs_2", "session", "cs_1", "cs_2"),
        ("cs_2", "payment", "pi_1", "pi_2"),
        ("cs_2", "subscription", "–", "sub_2"),
    ]


def test_a_session_is_missing_where_it_carries_a_reference_that_we_lack(desk: Desk) -> None:
    checkout = desk.checkout()

    found = compared(
        ObjectKind.CHECKOUT_SESSION,
        session(checkout, id="cs_theirs", reference=None),
        session(checkout, id="cs_lost", reference="unknown", status="open"),
        session(checkout, payment_intent_id=None, status="open"),
    )

    assert found == [("cs_lost", "checkout", "–", "open")]


@pytest.mark.parametrize(
    ("ours", "status", "payment_status", "becomes"),
    [
        ("opening", "open", "unpaid", "open"),
        ("paid", "open", "unpaid", None),
        ("open", "expired", "unpaid", "expired"),
        ("paid", "expired", "unpaid", None),
        ("open", "complete", "paid", "paid"),
        ("processing", "complete", "paid", "paid"),
        ("open", "complete", "unpaid", "processing"),
        ("unpaid", "complete", "unpaid", None),
        ("paid", "complete", "unpaid", None),
        ("open", "complete", "no_payment_required", "processing"),
        ("unpaid", "complete", "no_payment_required", None),
        ("paid", "complete", "no_payment_required", None),
        ("open", "strange", "paid", "processing"),
        ("expired", "complete", "paid", None),
    ],
)
def test_the_status_of_an_attempt_is_named_where_it_would_move_on(
    desk: Desk, ours: str, status: str, payment_status: str, becomes: str | None
) -> None:
    checkout = desk.checkout(status=CheckoutStatus(ours))
    listed = session(checkout, status=status, payment_status=payment_status, payment_intent_id=None)

    found = compared(ObjectKind.CHECKOUT_SESSION, listed)

    assert found == ([] if becomes is None else [(listed.id, "status", ours, becomes)])


def looked_at(desk: Desk, kind: ObjectKind, stripe_id: str, at: datetime | None) -> None:
    desk.deliver(kind, stripe_id)
    with writing() as database:
        database.query(StripeObject).filter_by(stripe_id=stripe_id).one().looked_at = at


def test_what_moved_for_a_payment_is_compared_with_its_donation(desk: Desk) -> None:
    known, unknown = given(desk), desk.checkout()
    line = moved(known)

    assert moves(line) == []
    assert told(
        moves(
            replace(line, source_id=None),
            replace(line, source_id="po_1"),
            replace(line, payment_intent_id=None),
            moved(unknown),
            moved(known, amount=5001, net=1, fee=61, currency="usd"),
        ),
        ObjectKind.PAYMENT_INTENT,
    ) == [
        (ids(unknown)["payment_intent"], "donation", "–", "5000"),
        (ids(known)["payment_intent"], "settlement currency", "eur", "usd"),
        (ids(known)["payment_intent"], "settled", "5000", "5001"),
        (ids(known)["payment_intent"], "fee", "60", "61"),
        (ids(known)["payment_intent"], "net", "4940", "1"),
    ]


@pytest.mark.parametrize(
    ("what", "kind"), [("refund", ObjectKind.REFUND), ("adjustment", ObjectKind.DISPUTE)]
)
def test_what_was_taken_is_named_where_we_have_no_row_or_looked_before_it_moved(
    desk: Desk, what: str, kind: ObjectKind
) -> None:
    checkout = given(desk)
    line = moved(checkout, what, -1000, created_at=NOON)
    whose = line.source_id or ""
    assert told(moves(line), kind) == [(whose, kind.value, "–", "-1000")]
    with writing() as database:
        row = database.query(Donation).one()
        if kind is ObjectKind.REFUND:
            factories.make_refund(database, row, amount=1000).stripe_refund_id = whose
        else:
            factories.make_dispute(database, row).stripe_dispute_id = whose

    assert told(moves(line), kind) == [(whose, "looked at", "–", "2026-11-22 12:00:00")]
    looked_at(desk, kind, whose, NOON - DAY)
    assert told(moves(line), kind) == [(whose, "looked at", "2026-11-21 12:00:00", "2026-11-22 12:00:00")]
    for at in (NOON, NOON + DAY):
        looked_at(desk, kind, whose, at)
        assert moves(line) == []


def test_each_of_several_movements_that_we_lack_is_named(desk: Desk) -> None:
    lines = [moved(desk.checkout(), "refund") for _ in range(2)]

    assert [each.stripe_id for each in moves(*lines)] == [each.source_id for each in lines]


OBJECT = Relative(ObjectKind.REFUND, "re_1")


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({"applied": 1}, Verdict.LOOK),
        ({"applied": 0}, Verdict.WAITS),
        ({"applied": 0, "problem": "not ours: x"}, Verdict.WAITS),
        ({"applied": 0, "quarantined_at": NOON, "problem": "another amount"}, Verdict.SET_ASIDE),
        ({"applied": 0, "quarantined_at": NOON, "problem": "gave up after 8 tries"}, Verdict.LOOK),
        ({"applied": 0, "quarantined_at": NOON}, Verdict.SET_ASIDE),
        ({"applied": 1, "problem": "not ours: x"}, Verdict.LOOK),
        ({"applied": 1, "problem": "not ours: x", "marked_at": NOON - DAY}, Verdict.LOOK),
        (
            {"applied": 1, "problem": "not ours: x", "marked_at": NOON - DAY - timedelta(seconds=1)},
            Verdict.NOT_OURS,
        ),
        ({"applied": 1, "problem": "a note", "marked_at": NOON - 2 * DAY}, Verdict.LOOK),
    ],
)
def test_whether_a_difference_is_a_reason_to_look_now(
    desk: Desk, columns: dict[str, object], verdict: Verdict
) -> None:
    values = {
        "kind": OBJECT.kind,
        "stripe_id": OBJECT.stripe_id,
        "generation": 1,
        "marked_at": NOON,
        "tries": 0,
        "next_try_at": NOON,
    } | columns
    with writing() as database:
        database.add(StripeObject(**values))

    other = Relative(ObjectKind.DISPUTE, "re_1")
    with reading() as database:
        judged = judge(database, [OBJECT, other], NOON)

        assert judge(database, [OBJECT], NOON) == {OBJECT: verdict}

    assert judged == {OBJECT: verdict, other: Verdict.LOOK}
