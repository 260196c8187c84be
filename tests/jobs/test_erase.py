"""Stripe forgets first, then we do; whatever stops on the way goes on by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause, MovementKind
from donations.domain.standing import Standing
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.jobs.erase import is_any_due, run_erasures
from donations.jobs.queue import make_huey
from donations.jobs.tasks import register
from donations.models import (
    Checkout,
    Donation,
    Erasure,
    Movement,
    OutboxMessage,
    StripeCustomer,
    StripeObject,
    Subscription,
    Supporter,
)
from donations.models.database import db, empty_log, reading, writing
from donations.runtime import install
from donations.services import checkouts, erasures
from donations.services.erasures import LEASE
from tests import factories
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import canceled, given_monthly, ids, payment_intent, session, subscription

AWAY = StripeUnavailable(was_answered=False)


def gives_monthly(desk: Desk) -> Checkout:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.gateway.objects.update(given_monthly(checkout).moments[0])
    for happening in given_monthly(checkout).happenings:
        desk.hear(happening)
    desk.settle()
    return checkout


def asks(desk: Desk, supporter_id: int) -> None:
    with writing() as session:
        erasures.ask(session, session.get_one(Supporter, supporter_id), desk.clock())


def run(desk: Desk) -> int:
    return run_erasures(desk.runtime, desk.random)


def test_stripe_forgets_the_gift_ends_in_the_accounts_and_our_rows_are_wiped(desk: Desk) -> None:
    checkout = gives_monthly(desk)
    asks(desk, checkout.supporter_id)
    assert is_any_due(desk.runtime) is True

    assert run(desk) == 1
    desk.tell(canceled(checkout, at=desk.clock()))
    desk.settle()

    assert desk.gateway.deleted == [ids(checkout)["customer"]]
    assert only(Supporter).erased_at is not None
    assert only(Subscription).standing is Standing.CANCELED
    churned = only(Movement, kind=MovementKind.CHURNED)
    assert (churned.cause, churned.supporters) == (ChurnCause.VOLUNTARY, -1)
    assert (only(Erasure).problem, only(Erasure).finished_at is not None) == (None, True)
    assert is_any_due(desk.runtime) is False
    assert run(desk) == 0


def test_what_was_paid_is_the_same_before_and_after(desk: Desk) -> None:
    checkout = gives_monthly(desk)
    before = only(Donation)

    asks(desk, checkout.supporter_id)
    run(desk)

    after = only(Donation)
    assert (after.amount, after.currency, after.net_amount) == (
        before.amount,
        before.currency,
        before.net_amount,
    )


def test_while_stripe_is_away_nothing_is_wiped_and_others_go_on(desk: Desk) -> None:
    monthly, once = gives_monthly(desk), desk.checkout()
    for supporter_id in (monthly.supporter_id, once.supporter_id):
        asks(desk, supporter_id)
    desk.gateway.raising.append(AWAY)

    assert run(desk) == 2

    row = only(Erasure, supporter_id=monthly.supporter_id)
    assert (row.tries, row.problem, row.finished_at) == (1, "StripeUnavailable", None)
    assert only(Supporter, id=monthly.supporter_id).erased_at is None
    assert only(Supporter, id=once.supporter_id).erased_at is not None
    assert run(desk) == 0
    desk.clock.forward(timedelta(seconds=6))
    assert run(desk) == 1
    assert only(Supporter, id=monthly.supporter_id).erased_at is not None
    assert (only(Erasure, supporter_id=monthly.supporter_id).problem, desk.gateway.deleted) == (
        None,
        [ids(monthly)["customer"]],
    )


@pytest.mark.parametrize("error", [StripeRefused(status=403), ValueError("nadia@example.com")], ids=repr)
def test_a_wish_is_never_given_up_and_its_problem_names_nobody(desk: Desk, error: Exception) -> None:
    checkout = gives_monthly(desk)
    asks(desk, checkout.supporter_id)
    for _ in range(20):
        desk.gateway.raising[:] = [error]
        assert run(desk) == 1
        desk.clock.forward(timedelta(hours=5))

    assert "@" not in (only(Erasure).problem or "")
    desk.gateway.raising.clear()
    run(desk)

    assert only(Supporter).erased_at is not None


@pytest.mark.parametrize("step", ["delete_customer", "look", "wipe", "finish"])
def test_a_crash_anywhere_is_made_good_when_the_lease_runs_out(desk: Desk, step: str) -> None:
    class Killed(BaseException):
        pass

    checkout = gives_monthly(desk)
    asks(desk, checkout.supporter_id)
    with writing() as session:
        (claimed,) = erasures.claim_due(session, 1, desk.clock())
    done = ["delete_customer", "look", "wipe", "finish"]
    for each in done[: done.index(step)]:
        _do(desk, each, claimed.supporter_id)

    assert run(desk) == 0
    desk.clock.forward(LEASE)
    assert run(desk) == 1

    assert only(Supporter).erased_at is not None
    assert only(Erasure).finished_at is not None


def _do(desk: Desk, step: str, supporter_id: int) -> None:
    """One step of an erasure, as it stands when the process dies after it."""
    if step == "delete_customer":
        desk.gateway.delete_customer(only(StripeCustomer).stripe_customer_id)
        return
    with writing() as session:
        if step == "look":
            erasures.have_ends_looked_at(session, supporter_id, desk.clock())
        else:
            erasures.wipe(session, supporter_id, desk.clock())


def test_two_workers_take_each_wish_once(desk: Desk) -> None:
    for _ in range(3):
        asks(desk, desk.checkout().supporter_id)

    with writing() as first:
        taken = erasures.claim_due(first, 2, desk.clock())
    with writing() as second:
        others = erasures.claim_due(second, 2, desk.clock())

    assert len({each.supporter_id for each in (*taken, *others)}) == 3
    assert (len(taken), len(others)) == (2, 1)


def test_a_gift_that_is_paid_on_a_page_still_open_ends_at_once(desk: Desk) -> None:
    """Its giver has nothing left to manage it by: not even a letter can be sent."""
    checkout = desk.checkout(Frequency.MONTHLY)
    asks(desk, checkout.supporter_id)
    run(desk)
    desk.clock.forward(LEASE)

    desk.gateway.objects.update(given_monthly(checkout).moments[0])
    for happening in given_monthly(checkout).happenings[:4]:
        desk.hear(happening)
    desk.settle()
    assert is_any_due(desk.runtime) is True
    assert run(desk) == 1
    desk.tell(canceled(checkout, at=desk.clock()))
    desk.settle()

    assert desk.gateway.deleted == [ids(checkout)["customer"]]
    assert only(Subscription).standing is Standing.CANCELED
    assert (count_of(Donation), only(Checkout).status) == (1, CheckoutStatus.PAID)
    desk.clock.forward(LEASE)
    assert run(desk) == 0


def test_a_payment_that_comes_after_the_wipe_is_booked_and_brings_back_nothing(desk: Desk) -> None:
    checkout = desk.checkout(wants_newsletter=True, name_sealed=b"sealed", locale="ru")
    asks(desk, checkout.supporter_id)
    run(desk)

    with structlog.testing.capture_logs() as logs:
        desk.apply(session(checkout))
        desk.apply(payment_intent(checkout))

    supporter = only(Supporter)
    assert (only(Checkout).status, count_of(Donation)) == (CheckoutStatus.PAID, 1)
    assert (supporter.name_sealed, supporter.wants_newsletter, supporter.language) == (None, False, None)
    assert "name_not_adopted" not in {line["event"] for line in logs}


def test_the_news_of_a_gift_that_ended_applies_after_the_wipe(desk: Desk) -> None:
    checkout = gives_monthly(desk)
    with writing() as session:
        erasures.wipe(session, checkout.supporter_id, desk.clock())

    for standing in ("past_due", "active"):
        desk.apply(subscription(checkout, status=standing))
    desk.tell(canceled(checkout))
    desk.deliver(ObjectKind.SUBSCRIPTION, ids(checkout)["subscription"])
    desk.settle()

    assert only(Subscription).standing is Standing.CANCELED
    with reading() as session:
        assert session.scalar(select(func.sum(Movement.annual_amount))) == 0
        assert session.scalar(select(StripeObject.id).where(StripeObject.problem.is_not(None))) is None


def test_a_page_at_stripe_that_is_noted_again_is_wiped_again(desk: Desk) -> None:
    checkout = desk.checkout(stripe_url=None)
    asks(desk, checkout.supporter_id)
    run(desk)
    desk.clock.forward(LEASE)
    with writing() as session:
        checkouts.get(session, checkout.reference).stripe_url = "https://checkout.stripe.com/c/pay/cs_1"

    assert run(desk) == 1

    assert only(Checkout).stripe_url is None
    assert run(desk) == 0


def test_the_worker_forgets_before_it_sends(desk: Desk, app: Flask) -> None:
    """And looks again at once at the gifts that ended by it."""
    checkout = gives_monthly(desk)
    asks(desk, checkout.supporter_id)
    huey = make_huey("memory://")
    install(app, desk.runtime)
    jobs = register(app, huey, Random(7))
    assert jobs.wake_if_due() is True

    huey.execute(huey.dequeue())

    assert only(Supporter).erased_at is not None
    assert only(OutboxMessage, kind="receipt").problem == "erased"
    assert huey.pending_count() == 1


class TestOnDisk:
    """SQLite keeps old versions of pages in its log and in free pages: none of what was wiped may stay."""

    @pytest.fixture(autouse=True)
    def on_sqlite(self, database_url: str) -> None:
        if not database_url.startswith("sqlite"):
            pytest.skip("PostgreSQL's files are its VACUUM's to clean")

    def bytes_on_disk(self, database_url: str) -> bytes:
        path = Path(database_url.removeprefix("sqlite:///"))
        return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))

    def test_neither_the_canary_nor_what_was_sealed_of_it_is_left(
        self, desk: Desk, database_url: str
    ) -> None:
        address, name = "Canary.Bird@Example.com", "Canary Bird"
        sealed = self._give(desk, address.lower(), name)
        before = self.bytes_on_disk(database_url)
        assert [each in before for each in sealed] == [True] * len(sealed)

        asks(desk, only(Supporter).id)
        run(desk)

        after = self.bytes_on_disk(database_url)
        assert [each in after for each in sealed] == [False] * len(sealed)
        for plain in (address, name):
            assert plain.encode() not in after
            assert plain.lower().encode() not in after

    def test_while_somebody_reads_an_older_state_it_is_not_called_finished(
        self, desk: Desk, database_url: str
    ) -> None:
        self._give(desk, "canary@example.com", "Canary")
        asks(desk, only(Supporter).id)
        reader = db.engine.raw_connection()
        reader.cursor().execute("BEGIN")
        reader.cursor().execute("SELECT count(*) FROM supporter").fetchone()

        run(desk)
        assert only(Supporter).erased_at is not None
        assert only(Erasure).finished_at is None
        reader.rollback()
        reader.close()
        desk.clock.forward(LEASE)
        run(desk)

        assert only(Erasure).finished_at is not None

    def _give(self, desk: Desk, address: str, name: str) -> list[bytes]:
        """Their first gift, paid; all that is sealed or indexed of it."""
        vault = desk.runtime.vault
        with writing() as session:
            supporter = factories.make_supporter(session, vault, email=address, name=name)
            checkout = factories.make_checkout(
                session,
                supporter,
                parameters_sealed=b"sealed parameters of the canary" * 200,
                name_sealed=b"sealed name of the canary",
            )
        desk.apply(payment_intent(checkout))
        row = only(Supporter)
        empty_log()
        assert row.name_sealed is not None
        return [
            row.email_index,
            row.email_sealed,
            row.name_sealed,
            row.data_key_sealed,
            checkout.parameters_sealed[-500:],
            b"sealed name of the canary",
        ]
