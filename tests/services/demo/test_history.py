"""A made-up history is what the services would have written: the same sums, rules and variety."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.changes import ChangeKind
from donations.domain.checkouts import CheckoutStatus
from donations.domain.conversion import Step
from donations.domain.disputes import DisputeStatus, is_lost
from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause, MovementKind, MovementTag, annual_amount, heads
from donations.domain.periods import local_day
from donations.domain.refunds import RefundStatus
from donations.domain.standing import Standing
from donations.models import (
    Adjustment,
    Checkout,
    Dispute,
    Donation,
    DonationSource,
    GiftChange,
    Movement,
    Origin,
    PaymentFailure,
    Refund,
    StripeCustomer,
    Subscription,
    Supporter,
    VisitHour,
)
from donations.models.lookup_key import find_lookup_key
from donations.models.vault import Vault
from donations.services import adjustments, checkouts, movements, supporters
from donations.services.demo.visits import COUNTED_FOR
from tests.services.demo.conftest import PLAN, UNTIL, ZONE

INSTANTS = {
    Supporter: ("created_at", "erased_at", "suppressed_at"),
    Checkout: ("created_at", "ended_at"),
    Subscription: ("started_at", "first_paid_at", "ended_at", "failing_since", "recorded_at"),
    Donation: ("charged_at", "recorded_at", "settlement_recorded_at"),
    Refund: ("refunded_at", "recorded_at"),
    Dispute: ("opened_at", "recorded_at"),
    Adjustment: ("occurred_at", "recorded_at"),
    Movement: ("occurred_at", "recorded_at"),
    PaymentFailure: ("failed_at", "recovered_at", "given_up_at"),
    GiftChange: ("created_at", "answered_at"),
}


def test_every_gift_counts_for_what_its_lines_in_the_ledger_add_up_to(session: Session) -> None:
    lines = session.execute(
        select(Movement.subscription_id, func.sum(Movement.annual_amount)).group_by(Movement.subscription_id)
    )
    booked = {gift: int(total) for gift, total in lines}

    for gift in session.scalars(select(Subscription)):
        counts_for = annual_amount(gift.amount, gift.frequency) if movements.counts(gift) else 0
        assert booked.get(gift.id, 0) == counts_for, gift.stripe_subscription_id


def test_booking_what_was_written_adds_nothing_to_the_ledgers(session: Session) -> None:
    for gift in session.scalars(select(Subscription).limit(120)):
        assert movements.book(session, gift, zone=ZONE, now=UNTIL) is None
    for refund in session.scalars(select(Refund)):
        assert adjustments.book_refund(session, refund, zone=ZONE, now=UNTIL) is None
    for dispute in session.scalars(select(Dispute)):
        assert adjustments.book_dispute(session, dispute, zone=ZONE, now=UNTIL) is None


def test_each_line_follows_from_those_before_it(session: Session) -> None:
    held, in_currency = defaultdict[int, int](int), defaultdict[tuple[int, str], int](int)
    of_supporter = defaultdict[int, int](int)
    learnt = {}
    for line in session.scalars(select(Movement).order_by(Movement.id)):
        key = (line.supporter_id, line.currency)
        assert line.annual_before == held[line.subscription_id]
        assert line.supporters_in_currency == heads(in_currency[key], line.annual_amount)
        assert line.supporters == heads(of_supporter[line.supporter_id], line.annual_amount)
        assert learnt.get(line.supporter_id, line.recorded_at) <= line.recorded_at
        held[line.subscription_id] += line.annual_amount
        in_currency[key] += line.annual_amount
        of_supporter[line.supporter_id] += line.annual_amount
        learnt[line.supporter_id] = line.recorded_at


def test_refunded_is_what_succeeded_and_what_the_ledger_took(session: Session) -> None:
    succeeded, booked = defaultdict[int, int](int), defaultdict[int, int](int)
    for refund in session.scalars(select(Refund).where(Refund.status == RefundStatus.SUCCEEDED)):
        succeeded[refund.donation_id] += refund.amount
    for line in session.scalars(select(Adjustment).where(Adjustment.kind == AdjustmentKind.REFUND)):
        booked[line.donation_id] += line.amount

    for donation in session.scalars(select(Donation)):
        assert donation.refunded_amount == succeeded[donation.id] == booked[donation.id]


def test_lost_disputes_alone_take_money(session: Session) -> None:
    lines = session.scalars(select(Adjustment).where(Adjustment.kind == AdjustmentKind.DISPUTE)).all()
    lost = [each for each in session.scalars(select(Dispute)) if is_lost(each.status)]

    assert {line.stripe_id: line.amount for line in lines} == {
        each.stripe_dispute_id: each.amount for each in lost
    }


def test_a_gift_is_first_paid_with_its_first_donation(session: Session) -> None:
    firsts = dict(
        session.execute(
            select(Donation.subscription_id, func.min(Donation.charged_at)).group_by(Donation.subscription_id)
        ).all()
    )

    for gift in session.scalars(select(Subscription)):
        assert gift.first_paid_at == firsts.get(gift.id)


def test_a_charge_comes_once_a_period_and_never_after_the_end(session: Session) -> None:
    charges = defaultdict[int, list[Donation]](list)
    for donation in session.scalars(select(Donation).where(Donation.subscription_id.is_not(None))):
        charges[donation.subscription_id or 0].append(donation)

    for gift in session.scalars(select(Subscription)):
        paid = sorted(charges[gift.id], key=lambda each: each.charged_at)
        for before, after in pairwise(paid):
            # A late payment may come just before the next.
            assert after.charged_at - before.charged_at > timedelta(days=2)
        if gift.ended_at is not None and paid:
            assert paid[-1].charged_at <= gift.ended_at
        if gift.ended_at is None:
            assert gift.current_period_ends_at is not None
            assert gift.current_period_ends_at > UNTIL - timedelta(hours=2)


def test_failed_payments_stand_on_the_gifts_that_owe_them(session: Session) -> None:
    open_failures = {
        row.subscription_id: row.stripe_invoice_id
        for row in session.scalars(
            select(PaymentFailure).where(
                PaymentFailure.recovered_at.is_(None), PaymentFailure.given_up_at.is_(None)
            )
        )
    }
    owing = session.scalars(select(Subscription).where(Subscription.standing == Standing.PAST_DUE)).all()
    paid = set(session.scalars(select(Donation.stripe_invoice_id)))

    assert {gift.id: gift.failing_invoice_id for gift in owing} == open_failures
    for failure in session.scalars(select(PaymentFailure)):
        assert (failure.stripe_invoice_id in paid) == (failure.recovered_at is not None)


def test_nothing_is_of_days_to_come_and_days_are_those_of_the_zone(session: Session) -> None:
    for model, columns in INSTANTS.items():
        for row in session.scalars(select(model)):
            for column in columns:
                at = getattr(row, column)
                assert at is None or PLAN.since - timedelta(hours=1) <= at <= UNTIL, (model, column)
    for donation in session.scalars(select(Donation)):
        assert donation.charged_on == local_day(donation.charged_at, ZONE)
    for line in session.scalars(select(Movement)):
        assert line.occurred_on == local_day(line.occurred_at, ZONE)


def test_addresses_and_names_are_sealed_and_found_again(session: Session, vault: Vault) -> None:
    key = find_lookup_key(session, vault, "supporter_email")
    addresses = set()
    for supporter in session.scalars(select(Supporter).where(Supporter.erased_at.is_(None))):
        contact = supporters.contact_of(supporter, vault)
        assert contact.email.endswith(("@example.com", "@example.org"))
        assert supporters.find_by_email(session, vault, contact.email) is supporter
        addresses.add(contact.email)
        named = session.scalars(
            select(Checkout).where(Checkout.supporter_id == supporter.id, Checkout.name_sealed.is_not(None))
        )
        assert all(checkouts.name_of(each, supporter, vault) == contact.name for each in named)

    assert key is not None
    assert len(addresses) > 290


def test_of_the_erased_nothing_is_known_and_nothing_goes_on(session: Session) -> None:
    erased = session.scalars(select(Supporter).where(Supporter.erased_at.is_not(None))).all()

    assert erased
    for supporter in erased:
        assert (supporter.email_sealed, supporter.data_key_sealed, supporter.name_sealed) == (b"", b"", None)
        gifts = session.scalars(select(Subscription).where(Subscription.supporter_id == supporter.id))
        assert all(gift.ended_at is not None for gift in gifts)
        tried = session.scalars(select(Checkout).where(Checkout.supporter_id == supporter.id))
        assert all(each.name_sealed is None for each in tried)


def test_attempts_that_came_to_nothing_are_of_the_last_days_only(session: Session) -> None:
    tried = session.scalars(select(Checkout).where(Checkout.status == CheckoutStatus.EXPIRED)).all()

    assert tried
    assert all(each.created_at > UNTIL - timedelta(days=7) for each in tried)


def test_newest_fees_alone_are_pending_and_settlements_add_up(session: Session) -> None:
    pending = session.scalars(select(Donation).where(Donation.fee_amount.is_(None))).all()
    settled = session.scalars(select(Donation).where(Donation.fee_amount.is_not(None))).all()

    assert all(each.charged_at > UNTIL - timedelta(days=4) for each in pending)
    assert {each.settlement_currency for each in settled} >= {"eur", "gbp"}
    assert len(settled) > 2_000
    for each in settled:
        assert each.settled_amount is not None
        assert each.fee_amount is not None
        assert each.net_amount == each.settled_amount - each.fee_amount
        assert each.settlement_recorded_at is not None
        assert each.settlement_recorded_at >= each.recorded_at


def test_everything_that_happens_happened(session: Session) -> None:
    def seen(column: Any) -> Counter[Any]:
        return Counter(session.scalars(select(column)))

    assert set(seen(Movement.kind)) == set(MovementKind)
    assert set(seen(Movement.cause)) == {None, *ChurnCause}
    assert set(seen(Movement.tag)) == {None, *MovementTag}
    assert set(seen(Donation.frequency)) == set(Frequency)
    assert set(seen(Donation.currency)) == {"eur", "usd", "gbp"}
    assert set(seen(Donation.source)) == set(DonationSource)
    running = {Standing.ACTIVE, Standing.PAST_DUE, Standing.TRIALING}
    assert set(seen(Subscription.standing)) == {*running, Standing.CANCELED}
    assert set(seen(Subscription.is_collection_paused)) == {True, False}
    assert set(seen(GiftChange.kind)) == set(ChangeKind) - {
        ChangeKind.RESUME,
        ChangeKind.USE_CARD,
        ChangeKind.RETRY_PAYMENT,
    }
    assert set(seen(Refund.status)) == {RefundStatus.SUCCEEDED, RefundStatus.FAILED}
    assert min(seen(Adjustment.amount)) < 0
    assert set(seen(Dispute.status)) == {DisputeStatus.WON, DisputeStatus.LOST}
    assert seen(Supporter.language)["ru"] > 10
    assert 40 < len(seen(Origin.id)) <= 80
    assert len(seen(StripeCustomer.stripe_customer_id)) == len(seen(Subscription.id))
    assert 7 < sum(seen(Donation.currency).values()) / PLAN.supporters < 14


def test_december_brings_more_than_august(session: Session) -> None:
    once = session.scalars(select(Donation.charged_on).where(Donation.frequency == Frequency.ONCE)).all()
    months = Counter(day.month for day in once)

    assert months[12] > 1.5 * months[8]


def test_new_rows_get_keys_of_their_own(session: Session, vault: Vault) -> None:
    newest = session.scalar(select(func.max(Supporter.id)))
    added = supporters.find_or_add(session, vault, "somebody@example.net", UNTIL)

    assert newest is not None
    assert added.id == newest + 1


def test_more_look_than_visit_and_more_visit_than_try_to_give(session: Session) -> None:
    steps: Counter[Step] = Counter()
    for row in session.scalars(select(VisitHour)):
        steps[row.step] += row.number
    counted_since = UNTIL - COUNTED_FOR
    tried = session.scalar(select(func.count()).where(Checkout.created_at >= counted_since)) or 0

    assert steps[Step.APPEAL] > steps[Step.SUPPORT] > tried + steps[Step.CHECKOUT]
    assert steps[Step.CHECKOUT] > 0
    assert session.scalar(select(func.min(VisitHour.hour_at))) >= counted_since - timedelta(days=1)
