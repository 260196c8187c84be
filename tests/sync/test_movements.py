"""The ledger of recurring revenue follows each gift, in the transaction of the change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from donations.domain.changes import ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause, MovementKind, MovementTag
from donations.domain.written_calls import CallStatus
from donations.gateway.snapshots import PaymentIntentSnapshot
from donations.models import (
    Checkout,
    GiftChange,
    Movement,
    OutboxMessage,
    PaymentFailure,
    StripeCustomer,
    Subscription,
    Supporter,
)
from donations.models.database import db, reading, writing
from donations.services import movements
from tests import factories
from tests.databases import impatient
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only, rows
from tests.sync.lives import (
    canceled,
    charge,
    customer,
    ids,
    invoice,
    payment_intent,
    subscription,
)


@pytest.fixture
def paid(desk: Desk) -> Checkout:
    """A monthly gift of fifty euros, paid once."""
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))
    return checkout


def lines() -> list[tuple[MovementKind, int, int]]:
    with reading() as session:
        return [(row.kind, row.annual_amount, row.supporters) for row in rows(session, Movement)]


def messages() -> list[str]:
    with reading() as session:
        return [row.kind for row in rows(session, OutboxMessage)]


def test_a_gift_counts_from_its_first_payment_on(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)

    desk.apply(subscription(checkout))
    assert lines() == []
    desk.apply(payment_intent(checkout))

    movement = only(Movement)
    assert (movement.kind, movement.annual_amount, movement.supporters) == (MovementKind.NEW, 60000, 1)
    assert movement.occurred_at == only(Subscription).first_paid_at
    assert movement.occurred_on == NOON.date()


def test_the_day_of_a_movement_is_that_of_the_reporting_zone(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout, charge=charge(checkout, created_at=late)))

    desk.apply(canceled(checkout, late + timedelta(days=1)))

    begun, ended = all_movements()
    assert (begun.occurred_on, ended.occurred_on) == (date(2026, 11, 23), date(2026, 11, 24))


def test_of_two_gifts_each_is_compared_with_its_own_lines(desk: Desk, paid: Checkout) -> None:
    second = desk.checkout_of(paid.supporter_id, Frequency.MONTHLY)
    desk.apply(subscription(second))
    desk.apply(payment_intent(second))

    for changed in (paid, second):
        desk.apply(subscription(changed, unit_amount=7000))

    assert lines()[2:] == [(MovementKind.UPGRADED, 24000, 0), (MovementKind.UPGRADED, 24000, 0)]


def test_a_second_gift_that_counts_only_once_it_is_active_is_asked_about_then(
    desk: Desk, paid: Checkout
) -> None:
    second = desk.checkout_of(paid.supporter_id, Frequency.MONTHLY)
    desk.apply(subscription(second, status="incomplete"))
    desk.apply(payment_intent(second))
    assert messages_of("possible_duplicate") == []

    desk.apply(subscription(second))

    assert lines()[-1] == (MovementKind.UPGRADED, 60000, 0)
    assert [each.cause for each in messages_of("possible_duplicate")] == [ids(second)["subscription"]]


def test_a_change_of_amount_is_booked_and_told_once(desk: Desk, paid: Checkout) -> None:
    for _ in range(2):
        desk.apply(subscription(paid, unit_amount=7000))

    assert lines() == [(MovementKind.NEW, 60000, 1), (MovementKind.UPGRADED, 24000, 0)]
    (told,) = (m for m in messages_of("gift_changed"))
    assert '"old_amount": 5000' in (told.details or "")


def messages_of(kind: str) -> list[OutboxMessage]:
    with reading() as session:
        return rows(session, OutboxMessage, kind=kind)


def test_a_price_changed_in_stripes_dashboard_is_followed_like_any_other(desk: Desk, paid: Checkout) -> None:
    desk.apply(subscription(paid, unit_amount=30000, interval="year"))

    movement = next(m for m in all_movements() if m.tag)
    assert (movement.tag, movement.annual_amount) == (MovementTag.SWITCHED_TO_ANNUAL, -30000)


def all_movements() -> list[Movement]:
    with reading() as session:
        return rows(session, Movement)


def test_a_pause_is_no_churn_and_resuming_is_not_new(desk: Desk, paid: Checkout) -> None:
    resumes_at = NOON + timedelta(days=60)

    desk.apply(subscription(paid, is_collection_paused=True, resumes_at=resumes_at))
    desk.apply(subscription(paid))

    assert lines()[1:] == [(MovementKind.PAUSED, -60000, -1), (MovementKind.RESUMED, 60000, 1)]
    assert [m for m in messages() if m.startswith("gift_")] == ["gift_paused", "gift_resuming"]
    (resuming,) = messages_of("gift_resuming")
    assert resuming.next_try_at == resumes_at - timedelta(days=5)


@pytest.mark.parametrize(
    ("reason", "cause", "told"),
    [
        ("cancellation_requested", ChurnCause.VOLUNTARY, "gift_cancelled"),
        ("payment_failed", ChurnCause.PAYMENT_FAILURE, "gift_ended"),
        ("payment_disputed", ChurnCause.DISPUTE, "gift_ended"),
    ],
)
def test_an_end_is_booked_with_its_cause_and_told_once(
    desk: Desk, paid: Checkout, reason: str, cause: ChurnCause, told: str
) -> None:
    ended = canceled(paid)

    for _ in range(2):
        desk.apply(subscription(paid, **{**as_changes(ended), "cancellation_reason": reason}))

    movement = all_movements()[-1]
    assert (movement.kind, movement.cause, movement.supporters) == (MovementKind.CHURNED, cause, -1)
    assert movement.occurred_at == NOON + timedelta(days=3)
    assert len(messages_of(told)) == 1


def as_changes(snapshot: object) -> dict[str, object]:
    return {name: getattr(snapshot, name) for name in ("status", "canceled_at", "ended_at")}


def test_an_end_that_was_announced_is_not_told_again(desk: Desk, paid: Checkout) -> None:
    ends_at = NOON + timedelta(days=30)

    desk.apply(subscription(paid, cancel_at=ends_at))
    desk.apply(canceled(paid, ends_at))

    assert len(messages_of("gift_cancelled")) == 1


def test_who_comes_back_is_reactivated(desk: Desk, paid: Checkout) -> None:
    desk.apply(canceled(paid))
    again = desk.checkout_of(paid.supporter_id, Frequency.MONTHLY)
    desk.apply(subscription(again))
    desk.apply(payment_intent(again))

    assert lines()[-1] == (MovementKind.REACTIVATED, 60000, 1)
    assert messages_of("possible_duplicate") == []


def test_a_second_gift_is_an_upgrade_and_its_giver_is_asked_whether_to_keep_both(
    desk: Desk, paid: Checkout
) -> None:
    second = desk.checkout_of(paid.supporter_id, Frequency.MONTHLY)
    desk.apply(subscription(second))
    for _ in range(2):
        desk.apply(payment_intent(second))

    assert lines()[-1] == (MovementKind.UPGRADED, 60000, 0)
    (asked,) = messages_of("possible_duplicate")
    assert asked.cause == ids(second)["subscription"]


def test_booking_again_books_nothing(desk: Desk, paid: Checkout) -> None:
    with writing() as session:
        row = session.merge(only(Subscription))
        assert movements.book(session, row, zone=factories.ZONE, now=desk.clock()) is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_booking_does_not_wait_for_another_payment_of_the_same_supporter(desk: Desk, paid: Checkout) -> None:
    """Its row refers to the supporter. Would each wait for the other's, neither came to an end."""
    with db.sessionmaker() as other, other.begin():
        factories.make_donation(other, other.get_one(Supporter, paid.supporter_id))
        with impatient(), writing() as session:
            row = session.merge(only(Subscription))
            assert movements.book(session, row, zone=factories.ZONE, now=desk.clock()) is None


def test_a_renewal_that_fails_is_told_in_a_series_and_stops_when_it_recovers(
    desk: Desk, paid: Checkout
) -> None:
    desk.apply(subscription(paid, status="past_due"))
    failed = invoice(paid, id="in_2", status="open", is_first=False, attempts=1)
    for _ in range(2):
        desk.apply(failed)

    row = only(Subscription)
    assert (row.failing_invoice_id, row.confirmation_asked_at) == ("in_2", None)
    assert only(PaymentFailure).needed_confirmation is False
    series = messages_of("payment_failed")
    days = [(each.next_try_at - row.failing_since).days for each in series]
    assert (days, [each.cause for each in series]) == ([0, 5, 12], ["in_2:0", "in_2:5", "in_2:12"])

    desk.apply(recovery(paid))
    desk.apply(subscription(paid))
    assert only(Subscription).failing_invoice_id is None
    assert only(PaymentFailure).recovered_at == NOON + timedelta(days=33)
    assert lines() == [(MovementKind.NEW, 60000, 1)]


def test_a_failure_that_was_fetched_before_the_payment_and_applied_after_it_is_recovered_by_the_next_look(
    desk: Desk, paid: Checkout
) -> None:
    desk.apply(subscription(paid, status="past_due"))
    desk.apply(recovery(paid))
    desk.apply(invoice(paid, id="in_2", status="open", is_first=False, attempts=1))

    desk.apply(recovery(paid))

    assert only(PaymentFailure).recovered_at == NOON + timedelta(days=33)


def recovery(checkout: Checkout, days: int = 33, number: int = 2) -> PaymentIntentSnapshot:
    """The payment of the second invoice, three days after it was due."""
    paid_at = NOON + timedelta(days=days)
    charged = charge(checkout, id=f"ch_{number}", payment_intent_id=f"pi_{number}", created_at=paid_at)
    first = payment_intent(checkout)
    link = replace(first.invoice, invoice_id="in_2")
    return replace(first, id=f"pi_{number}", charge=charged, invoice=link)


def test_an_invoice_paid_in_parts_recovered_with_the_first(desk: Desk, paid: Checkout) -> None:
    desk.apply(subscription(paid, status="past_due"))
    desk.apply(invoice(paid, id="in_2", status="open", is_first=False, attempts=1))

    desk.apply(recovery(paid))
    desk.apply(recovery(paid, days=40, number=3))

    assert only(PaymentFailure).recovered_at == NOON + timedelta(days=33)


@pytest.mark.parametrize("is_paid", [True, False])
def test_what_becomes_of_one_failure_says_nothing_of_another(
    desk: Desk, paid: Checkout, is_paid: bool
) -> None:
    other = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(other))
    desk.apply(payment_intent(other))
    for whose, invoice_id in ((paid, "in_2"), (other, "in_9")):
        desk.apply(subscription(whose, status="past_due"))
        desk.apply(invoice(whose, id=invoice_id, status="open", is_first=False, attempts=1))

    desk.apply(recovery(paid, number=9) if is_paid else canceled(paid))

    left = only(PaymentFailure, stripe_invoice_id="in_9")
    assert (left.recovered_at, left.given_up_at) == (None, None)


def test_what_is_owed_when_a_gift_ends_is_given_up(desk: Desk, paid: Checkout) -> None:
    desk.apply(subscription(paid, status="past_due"))
    desk.apply(invoice(paid, id="in_2", status="open", is_first=False, attempts=1))

    desk.apply(subscription(paid, **as_changes(canceled(paid)), cancellation_reason="payment_failed"))

    failure = only(PaymentFailure)
    assert (failure.given_up_at is not None, failure.recovered_at) == (True, None)
    desk.clock.forward(timedelta(days=1))
    desk.apply(subscription(paid, **as_changes(canceled(paid)), cancellation_reason="payment_failed"))
    assert only(PaymentFailure).given_up_at == failure.given_up_at


@pytest.mark.parametrize(
    ("status", "booked", "again"),
    [
        ("past_due", [], []),
        ("unpaid", [(MovementKind.CHURNED, -60000, -1)], [(MovementKind.REACTIVATED, 60000, 1)]),
        ("paused", [(MovementKind.PAUSED, -60000, -1)], [(MovementKind.RESUMED, 60000, 1)]),
        ("trialing", [], []),
    ],
)
def test_each_standing_is_booked_as_what_it_is_and_so_is_the_way_back(
    desk: Desk, paid: Checkout, status: str, booked: list[object], again: list[object]
) -> None:
    desk.apply(subscription(paid, status=status))
    assert lines()[1:] == booked
    desk.apply(subscription(paid))

    assert lines()[1:] == [*booked, *again]


def test_a_gift_that_never_began_is_in_no_line_and_no_letter(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout, status="incomplete"))

    desk.apply(subscription(checkout, status="incomplete_expired", ended_at=NOON + timedelta(hours=23)))

    assert (lines(), messages()) == ([], [])


def test_a_gift_that_begins_later_counts_from_its_first_charge(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, first_charge_at=NOON + timedelta(days=30))
    desk.apply(subscription(checkout, status="trialing"))
    assert lines() == []

    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))

    assert lines() == [(MovementKind.NEW, 60000, 1)]


def test_a_bank_that_wants_to_be_answered_is_noted(desk: Desk, paid: Checkout) -> None:
    asked = invoice(paid, id="in_2", status="open", is_first=False, attempts=0, needs_confirmation=True)

    desk.apply(asked)

    assert only(Subscription).confirmation_asked_at is not None


def test_a_first_payment_that_fails_begins_no_series(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout, status="incomplete"))

    desk.apply(invoice(checkout, status="open", attempts=1))

    assert messages_of("payment_failed") == []


def test_another_card_is_tried_at_once_for_what_is_owed(desk: Desk, paid: Checkout) -> None:
    desk.apply(subscription(paid, status="past_due"))
    desk.apply(invoice(paid, id="in_2", status="open", is_first=False, attempts=1))

    for _ in range(2):
        desk.apply(subscription(paid, status="past_due", payment_method_id="pm_2"))

    change = only(GiftChange)
    assert (change.kind, change.status) == (ChangeKind.RETRY_PAYMENT, CallStatus.ASKING)
    assert change.parameters == '{"invoice": "in_2"}'


def test_a_new_default_card_is_used_for_gifts_that_had_one_of_their_own(desk: Desk, paid: Checkout) -> None:
    for _ in range(2):
        desk.apply(customer(paid, payment_method_id="pm_2"))

    change = only(GiftChange)
    assert (change.kind, change.parameters) == (ChangeKind.USE_CARD, '{"default_payment_method": "pm_2"}')
    assert only(StripeCustomer).stripe_payment_method_id == "pm_2"


def test_a_gift_that_is_charged_to_the_new_default_already_is_left_alone(desk: Desk, paid: Checkout) -> None:
    desk.apply(customer(paid, payment_method_id="pm_1"))

    assert count_of(GiftChange) == 0


def test_a_cards_last_month_is_told_of_twice_unless_it_is_renewed(desk: Desk, paid: Checkout) -> None:
    first, later = NOON.date() + timedelta(days=70), NOON.date() + timedelta(days=800)

    for _ in range(2):
        desk.apply(subscription(paid, card_expires_on=first))
    waiting = [m.cause.rpartition(":")[2] for m in messages_of("card_expiring") if not m.skipped_at]
    desk.apply(subscription(paid, card_expires_on=later))

    assert waiting == ["30", "7"]
    left = [m.cause for m in messages_of("card_expiring") if not m.skipped_at]
    assert left == [f"pm_1:{later:%Y-%m}:{days}" for days in (30, 7)]


def test_an_annual_renewal_is_told_fifteen_days_before(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.ANNUAL)
    due_at = NOON + timedelta(days=365)

    for _ in range(2):
        desk.apply(subscription(checkout, current_period_ends_at=due_at))

    (reminder,) = messages_of("renewal_reminder")
    assert reminder.next_try_at == due_at - timedelta(days=15)


def test_a_payment_is_of_the_time_it_paid_for_whatever_the_gift_is_by_now(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout, interval="year", unit_amount=50000))

    desk.apply(payment_intent(checkout))

    with reading() as session:
        (donation,) = rows(session, factories.Donation)
    assert donation.frequency is Frequency.MONTHLY


def test_what_the_ledger_does_not_know_is_made_good_by_the_next_look(desk: Desk, paid: Checkout) -> None:
    """Two changes were missed: the ledger moves to what is so, in one line."""
    with writing() as session:
        session.execute(update(Subscription).values(amount=6000))

    desk.apply(subscription(paid, unit_amount=9000))

    assert lines()[-1] == (MovementKind.UPGRADED, 48000, 0)


def test_all_of_a_movement_is_written_down(desk: Desk, paid: Checkout) -> None:
    before = desk.clock.time

    desk.apply(subscription(paid, unit_amount=30000, interval="year"))

    new, moved = all_movements()
    gift = only(Subscription)
    assert (new.supporter_id, new.subscription_id) == (paid.supporter_id, gift.id)
    assert (new.currency, new.frequency, new.switched_from) == ("eur", Frequency.MONTHLY, None)
    assert (new.annual_before, new.supporters_in_currency, new.tag) == (0, 1, None)
    assert (moved.kind, moved.frequency) == (MovementKind.DOWNGRADED, Frequency.ANNUAL)
    assert (moved.switched_from, moved.annual_before) == (Frequency.MONTHLY, 60000)
    assert (moved.supporters, moved.supporters_in_currency) == (0, 0)
    assert before < moved.occurred_at == moved.recorded_at <= desk.clock.time
    assert moved.occurred_on == moved.occurred_at.date()


def test_an_end_counts_under_the_rhythm_that_the_ledger_knew(desk: Desk, paid: Checkout) -> None:
    ended = canceled(paid)

    desk.apply(replace(ended, interval="year"))

    gone = all_movements()[-1]
    assert (gone.frequency, gone.switched_from) == (Frequency.MONTHLY, None)
    assert (gone.annual_before, gone.annual_amount, gone.supporters_in_currency) == (60000, -60000, -1)


def test_a_gift_that_counted_for_nothing_switched_from_nothing(desk: Desk, paid: Checkout) -> None:
    desk.apply(subscription(paid, is_collection_paused=True))

    desk.apply(subscription(paid, interval="year"))

    back = all_movements()[-1]
    assert (back.kind, back.frequency, back.switched_from) == (
        MovementKind.RESUMED,
        Frequency.ANNUAL,
        None,
    )


def test_a_head_is_counted_for_each_currency(desk: Desk, paid: Checkout) -> None:
    with writing() as session:
        supporter = session.get_one(factories.Supporter, paid.supporter_id)
        dollars = factories.make_checkout(session, supporter, frequency=Frequency.MONTHLY, currency="usd")
        euros = factories.make_checkout(session, supporter, frequency=Frequency.MONTHLY)
    for checkout in (dollars, euros):
        desk.apply(subscription(checkout))
        desk.apply(payment_intent(checkout))

    in_dollars, in_euros = all_movements()[1:]
    assert (in_dollars.kind, in_dollars.supporters) == (MovementKind.UPGRADED, 0)
    assert (in_dollars.supporters_in_currency, in_euros.supporters_in_currency) == (1, 0)


def test_a_gift_of_one_supporter_makes_no_upgrade_of_anothers(desk: Desk, paid: Checkout) -> None:
    other = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(other))
    desk.apply(payment_intent(other))

    assert lines()[-1] == (MovementKind.NEW, 60000, 1)


def test_a_gift_that_comes_back_does_so_when_it_is_seen(desk: Desk, paid: Checkout) -> None:
    desk.apply(subscription(paid, status="unpaid"))
    desk.clock.forward(timedelta(days=2))
    before = desk.clock.time

    desk.apply(subscription(paid))

    assert before < all_movements()[-1].occurred_at <= desk.clock.time


def test_what_is_booked_before_a_first_payment_is_known_is_of_now(desk: Desk, paid: Checkout) -> None:
    with writing() as session:
        row = session.merge(only(Subscription))
        assert movements.counts(row) is True
        row.first_paid_at = None
        assert movements.counts(row) is False
