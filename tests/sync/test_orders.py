"""In whatever order the events of a life come, and however often, it ends in the same state.

120 orders of five events, each with one of them delivered twice; with `PROVE=1` every event is
doubled at every place of every order. Lives don't disturb each other, so all are played in one
database. They are played twice: with a worker that is idle when an event comes, and with one
that is waiting for Stripe, so that each event overtakes the copy that is on its way.

The proof is itself proved: the same orders with a planted mistake must end in different states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, islice, permutations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.movements import MovementKind
from donations.domain.refunds import RefundStatus
from donations.domain.standing import Standing
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoiceSnapshot, RefundSnapshot, Snapshot
from donations.models import Checkout, Donation, StripeObject
from donations.models.insert import insert_if_absent
from donations.services import tickets
from donations.services.tickets import Ticket
from donations.sync import registry
from donations.sync.outcome import Applied, SyncContext
from tests.effort import IS_PROOF
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.sync.desk import Desk, state_of
from tests.sync.lives import Happening, Life, given_monthly, given_once

LIVES = pytest.mark.parametrize(
    ("live", "frequency"),
    [(given_once, Frequency.ONCE), (given_monthly, Frequency.MONTHLY)],
    ids=["given once", "given monthly"],
)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a planted mistake: it is in our code, and as wrong on either database."""
Live = Callable[[Checkout], Life]
Play = Callable[[Desk, Life, Sequence[Happening]], Mapping[str, object]]


def deliveries(life: Life) -> Iterator[Sequence[Happening]]:
    """Every order, with a duplicate: of each event at each place, or a different one for each order."""
    places, numbers = len(life.happenings) + 1, count()
    for order in permutations(life.happenings):
        for number in range(len(order) * places) if IS_PROOF else [next(numbers)]:
            place, again = number % places, order[number // places % len(order)]
            yield [*order[:place], again, *order[place:]]


def kept_up_with(desk: Desk, life: Life, order: Sequence[Happening]) -> Mapping[str, object]:
    """The worker is idle whenever an event comes."""
    happened = 0
    for happening in order:
        happened = max(happened, happening.moment)
        desk.gateway.objects.update(life.truth_once(happened))
        hear(desk, life, happening)
        desk.drain()
    desk.settle()
    return state_of(life.checkout)


def overtaken(desk: Desk, life: Life, order: Sequence[Happening]) -> Mapping[str, object]:
    """Each event comes while the worker waits for Stripe, after the copy that it will get was made."""
    desk.gateway = gateway = EventfulGateway(desk, life, list(order))
    gateway.let_one_happen()
    while True:
        desk.settle()
        if not gateway.coming:
            return state_of(life.checkout)
        gateway.let_one_happen()


class EventfulGateway(FakeGateway):
    """While a copy is on its way to us, the next event of the life happens and is told."""

    def __init__(self, desk: Desk, life: Life, coming: list[Happening]) -> None:
        super().__init__(objects=dict(life.truth_once(0)))
        self.desk, self.life, self.coming, self.happened = desk, life, coming, 0

    def let_one_happen(self) -> None:
        happening = self.coming.pop(0)
        self.happened = max(self.happened, happening.moment)
        self.objects.update(self.life.truth_once(self.happened))
        hear(self.desk, self.life, happening)

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        copy = super().fetch(kind, stripe_id)
        if self.coming:
            self.let_one_happen()
        return copy


def hear(desk: Desk, life: Life, happening: Happening) -> None:
    desk.hear(happening, event_id=f"evt_{life.checkout.id}_{life.happenings.index(happening)}")


def endings(
    desk: Desk, live: Live, frequency: Frequency, play: Play, every: int = 1
) -> list[Mapping[str, object]]:
    """The first different states in which orders end: one alone, if order makes no difference."""
    found: list[Mapping[str, object]] = []
    for order in islice(deliveries(live(desk.checkout(frequency))), 0, None, 1 if IS_PROOF else every):
        life = live(desk.checkout(frequency))
        numbers = {happening.type: happening for happening in life.happenings}
        state = play(desk, life, [numbers[happening.type] for happening in order])
        if state not in found:
            found.append(state)
        if len(found) > 1:
            break
    return found


@LIVES
@pytest.mark.parametrize("play", [kept_up_with, overtaken])
@pytest.mark.timeout(3600 if IS_PROOF else 120)
def test_every_order_of_a_life_ends_in_the_same_state(
    desk: Desk, live: Live, frequency: Frequency, play: Play
) -> None:
    # The embedded database plays them all; on the slower one a third of them will do.
    every = 1 if is_embedded(desk) and play is kept_up_with else 3

    (end,) = endings(desk, live, frequency, play, every)

    assert end["checkout"][0] is CheckoutStatus.PAID  # type: ignore[index]
    (donation,) = end["donations"]  # type: ignore[misc]
    assert donation["settlement"] == (60, 4940, "eur", True)
    if frequency is Frequency.ONCE:
        assert donation["money"] == (5000, "eur", Frequency.ONCE, 1000)
        assert end["refunds"] == [(1000, RefundStatus.SUCCEEDED)]
        assert (end["messages"], end["movements"]) == (["receipt", "refund"], [])
    else:
        assert end["messages"] == ["gift_cancelled", "receipt"]
        paid_at = NOON + timedelta(minutes=5)
        assert end["movements"] == [(MovementKind.NEW, 60000, 1, None, paid_at)]
        assert donation["money"] == (5000, "eur", Frequency.MONTHLY, 0)
        ((standing, _, _, first_paid_at, cancels_at, *_),) = end["subscriptions"]  # type: ignore[misc]
        assert (standing, first_paid_at) == (Standing.ACTIVE, NOON + timedelta(minutes=5))
        assert cancels_at == NOON + timedelta(days=30)


@dataclass
class PayloadGateway(FakeGateway):
    """The planted mistake of believing what an event carries: the copy of the moment that it tells of."""

    told: dict[tuple[ObjectKind, str], Snapshot] = field(default_factory=dict)

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        super().fetch(kind, stripe_id)
        return self.told.get((kind, stripe_id), self.objects[kind, stripe_id])


def believing_events(*, guards_by_created: bool) -> Play:
    """`created` has a resolution of one second, and the events of a life often fall in the same."""

    def play(desk: Desk, life: Life, order: Sequence[Happening]) -> Mapping[str, object]:
        desk.gateway = gateway = PayloadGateway(objects=dict(life.moments[-1]))
        newest = 0
        for happening in order:
            created = happening.moment // 2
            if not guards_by_created or created >= newest:
                newest = max(newest, created)
                told = life.truth_once(happening.moment)
                gateway.told[happening.kind, happening.stripe_id] = told[happening.kind, happening.stripe_id]
            desk.deliver(happening.kind, happening.stripe_id)
            desk.drain()
        desk.settle()
        return state_of(life.checkout)

    return play


@ONE_DATABASE
@pytest.mark.parametrize("guards_by_created", [False, True], ids=["last arrival wins", "created guard"])
def test_the_orders_find_the_mistake_of_believing_events(desk: Desk, guards_by_created: bool) -> None:
    play = believing_events(guards_by_created=guards_by_created)

    assert len(endings(desk, given_monthly, Frequency.MONTHLY, play, every=7)) > 1


@ONE_DATABASE
def test_the_orders_find_the_mistake_of_applying_the_rows_own_generation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "finish", finish_with_the_rows_own_generation)

    assert len(endings(desk, given_monthly, Frequency.MONTHLY, overtaken, every=7)) > 1


def finish_with_the_rows_own_generation(session: Session, ticket: Ticket, asked_at: datetime) -> bool:
    statement = update(StripeObject).where(StripeObject.id == ticket.id)
    session.execute(statement.values(applied=StripeObject.generation, looked_at=asked_at))
    return True


@ONE_DATABASE
def test_the_orders_find_the_mistake_of_a_donation_from_the_invoice_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def also_records(session: Session, context: SyncContext, snapshot: InvoiceSnapshot) -> Applied:
        first = session.scalars(select(Donation).where(Donation.stripe_invoice_id == snapshot.id)).first()
        if first is not None and first.stripe_payment_intent_id != f"of_{snapshot.id}":
            again = {c.key: getattr(first, c.key) for c in Donation.__table__.columns if c.key != "id"}
            again |= {"stripe_payment_intent_id": f"of_{snapshot.id}", "stripe_charge_id": None}
            insert_if_absent(session, Donation, again)
        return Applied()

    plant(monkeypatch, InvoiceSnapshot, also_records)

    ends = endings(desk, given_monthly, Frequency.MONTHLY, kept_up_with, every=7)

    assert len(ends) > 1 or len(ends[0]["donations"]) > 1  # type: ignore[arg-type]


@ONE_DATABASE
def test_the_orders_find_the_mistake_of_adding_refunds_up_as_they_come(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def adds(session: Session, context: SyncContext, snapshot: RefundSnapshot) -> Applied:
        donation = session.scalar(
            select(Donation).where(Donation.stripe_payment_intent_id == snapshot.payment_intent_id)
        )
        if donation is not None:
            donation.refunded_amount += snapshot.amount
        return Applied()

    plant(monkeypatch, RefundSnapshot, adds)

    assert len(endings(desk, given_once, Frequency.ONCE, kept_up_with_unfiltered, every=7)) > 1


def kept_up_with_unfiltered(desk: Desk, life: Life, order: Sequence[Happening]) -> Mapping[str, object]:
    """As if Stripe made another event of the same object: it has a new id, so the inbox lets it through."""
    desk.gateway.objects.update(life.moments[-1])
    for happening in order:
        desk.deliver(happening.kind, happening.stripe_id)
        desk.drain()
    desk.settle()
    return state_of(life.checkout)


def plant(monkeypatch: pytest.MonkeyPatch, kind: type[Snapshot], mistake: Callable[..., Applied]) -> None:
    kinds = registry._KINDS
    monkeypatch.setattr(registry, "_KINDS", {**kinds, kind: replace(kinds[kind], apply=mistake)})


def is_embedded(desk: Desk) -> bool:
    return desk.runtime.config.database_url.startswith("sqlite")
