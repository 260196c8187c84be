"""SIGKILL in the worker and in changes of gifts: one effect at Stripe, one donation, one letter a cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from config import Config
from donations import runtime
from donations.domain.written_calls import CallStatus
from donations.jobs import drain
from donations.models import Donation, GiftChange, OutboxMessage, OutboxStatus
from donations.models.database import reading
from tests.journeys.givers import HttpGiver, card
from tests.journeys.test_years import MONTHLY
from tests.journeys.years import Years, years
from tests.proofs.databases import ON_POSTGRES_FIRST, ON_SQLITE, ON_SQLITE_FIRST
from tests.proofs.nursery import Nursery, Outcome, Post, Work, nursery
from tests.sync.desk import rows

LEASES_END_S = 600
REBUILDS_END_S = 3 * 3600
"""By then the claim of one who was killed while building the sums anew has run out, too."""
ONCE = {"frequency": "once"}
AT_THE_HANDING_OVER = 5
"""The boundary before it, after those of the lease and of the writing."""
AROUND_THE_CALL = [("before change_subscription",), ("after change_subscription",)]


@dataclass
class Ward:
    world: Years
    nursery: Nursery

    def give(self, choices: dict[str, str], email: str) -> HttpGiver:
        """Paid at Stripe and told to us; nothing of it is applied yet."""
        giver = HttpGiver()
        giver.open(f"{self.world.base}/support")
        giver.fill_in({"email": email, "name": "Nina Petrova"} | choices)
        giver.submit()
        giver.pay(**card())
        self.hear()
        return giver

    def hear(self) -> None:
        """All that Stripe tells, without the work that it makes."""
        while self.world.control("clock", seconds=0)["deliveries_waiting"]:
            pass

    def recover(self, seconds: int = LEASES_END_S) -> None:
        """Leases run out, and a worker that lives does the rest."""
        self.world.control("clock", seconds=seconds)
        self.world.settle()


@pytest.fixture
def ward(config: Config, tmp_path: Path) -> Iterator[Ward]:
    with years(config, tmp_path) as world, nursery(world.config) as processes:
        yield Ward(world, processes)


def assert_made_good(world: Years, trails: list[Outcome]) -> None:
    """Stripe and we agree, each donation has its receipt, and no letter went under two names.

    Whoever gave alike is written to alike, whatever died meanwhile.
    """
    world.assert_in_agreement()
    with reading() as session:
        paid = session.scalars(select(Donation.stripe_payment_intent_id)).all()
        written = rows(session, OutboxMessage)
    receipts = [each.cause for each in written if each.kind == "receipt"]
    assert sorted(receipts) == sorted(str(each) for each in paid)
    of_each: dict[int, list[str]] = defaultdict(list)
    for each in written:
        of_each[each.supporter_id].append(each.kind)
    assert len({tuple(sorted(kinds)) for kinds in of_each.values()}) == 1
    due = [each for each in written if each.sent_at or each.next_try_at <= world.now]
    assert {each.status for each in due} == {OutboxStatus.SENT}
    sent = Counter(str(letter["Message-ID"]) for letter in world.letters())
    assert sent == Counter(each.message_id for each in due)
    handed_over = {name.split()[-1] for trail in trails for name in trail.passed if "before letter" in name}
    assert handed_over <= sent.keys()


def kill_while_working(ward: Ward, step: int) -> list[Outcome]:
    """One gift whose worker is killed at its first boundary, at a later one, and so on to the last."""
    trails: list[Outcome] = []
    while not trails or trails[-1].was_killed:
        trails.append(ward.nursery.do(Work(), kill_at=1 + step * len(trails)))
        ward.world.control("clock", seconds=LEASES_END_S)
        ward.hear()
    ward.recover(REBUILDS_END_S)
    return trails


@pytest.mark.parametrize(
    "choices", [MONTHLY, pytest.param(ONCE, marks=pytest.mark.prove)], ids=["monthly", "once"]
)
def test_a_worker_that_is_killed_again_and_again_applies_and_writes_once(
    ward: Ward, choices: dict[str, str]
) -> None:
    ward.give(choices, "nina@example.com")

    trails = kill_while_working(ward, step=3)

    kinds = {trail.passed[-1].split(" <")[0] for trail in trails if trail.was_killed}
    assert len(kinds) >= 3
    assert_made_good(ward.world, trails)


@pytest.mark.prove
@pytest.mark.parametrize("choices", [ONCE, MONTHLY], ids=["once", "monthly"])
def test_a_worker_that_is_killed_at_any_one_boundary_loses_and_doubles_nothing(
    ward: Ward, choices: dict[str, str], figures: Callable[[str], None]
) -> None:
    """A gift for each boundary, so that none is covered by what another kill left behind."""
    trails: list[Outcome] = []
    while not trails or trails[-1].was_killed:
        ward.give(choices, f"reader{len(trails)}@example.com")
        trails.append(ward.nursery.do(Work(), kill_at=1 + len(trails)))
        ward.recover(REBUILDS_END_S)

    assert_made_good(ward.world, trails)
    figures(f"killed at each of {len(trails) - 1} boundaries, {len(trails)} gifts")


@ON_SQLITE_FIRST
@pytest.mark.parametrize("first", [AT_THE_HANDING_OVER, pytest.param(1, marks=pytest.mark.prove)])
def test_a_letter_whose_process_was_killed_is_sent_under_one_name(ward: Ward, first: int) -> None:
    """Around the handing over, where mail is at least once: the Message-ID makes the two one."""
    trails: list[Outcome] = []
    while not trails or not has_noted_its_letter(trails[-1]):
        ward.give(ONCE, f"reader{len(trails)}@example.com")
        drain.drain(runtime.current(), Random(7))
        trails.append(ward.nursery.do(Work(), kill_at=first + len(trails)))
        ward.recover()

    at = {trail.passed[-1].split(" <")[0] for trail in trails if trail.was_killed}
    assert at >= {"before letter", "after letter", "before commit"}
    assert_made_good(ward.world, trails)


def has_noted_its_letter(trail: Outcome) -> bool:
    """Whether it came past the commit in which the letter becomes one that was sent."""
    handed_over = [place for place, name in enumerate(trail.passed) if "after letter" in name]
    return bool(handed_over) and "after commit" in trail.passed[handed_over[0] :]


@dataclass
class Owner:
    """A supporter who is logged in, with one monthly gift of ten euros."""

    ward: Ward
    giver: HttpGiver

    def form(self, link: str | None, **fields: str) -> Post:
        """Filled in and not sent yet; without a link, the form on the first page."""
        self.giver.open(f"{self.ward.world.base}/manage")
        if link is not None:
            self.giver.follow(link)
        self.giver.fill_in(fields)
        cookies = "; ".join(f"{name}={value}" for name, value in self.giver.session.cookies.items())
        path = urlsplit(urljoin(self.giver.url, self.giver.action)).path
        return Post(path, dict(self.giver.form), {"Cookie": cookies})

    def is_killed_and_sends_again(self, form: Post, kill_at: int | tuple[str, ...]) -> Outcome:
        """What the dead one left is made good first; then the reader, who saw nothing, sends it again."""
        outcome = self.ward.nursery.do(form, kill_at)
        self.ward.recover()
        answer = self.giver.session.post(f"{self.ward.world.base}{form.path}", form.data, timeout=60)
        assert answer.status_code == 200
        self.ward.world.settle()
        return outcome


@pytest.fixture
def owner(ward: Ward) -> Owner:
    giver = HttpGiver()
    ward.world.give(giver, MONTHLY)
    ward.world.log_in(giver)
    return Owner(ward, giver)


def assert_each_changed_once(owner: Owner, trails: list[Outcome]) -> None:
    updates = [each["type"] for each in owner.ward.world.state()["objects"]["event"]]
    assert updates.count("customer.subscription.updated") == len(trails)
    with reading() as session:
        changes = rows(session, GiftChange)
    assert [each.status for each in changes] == [CallStatus.ACCEPTED] * len(trails)
    assert_made_good(owner.ward.world, trails)
    at = {trail.passed[-1] for trail in trails if trail.was_killed}
    assert at >= {"before change_subscription", "after change_subscription"}


EVERY_END = pytest.mark.parametrize(
    "ends", [AROUND_THE_CALL, pytest.param([*range(1, 12)], marks=pytest.mark.prove)], ids=["short", "long"]
)


@ON_POSTGRES_FIRST
@EVERY_END
def test_a_change_whose_process_was_killed_is_made_once(
    owner: Owner, ends: list[int | tuple[str, ...]]
) -> None:
    trails: list[Outcome] = []
    for number, end in enumerate(ends, 1):
        form = owner.form("Change the amount", amount="other", other_amount=str(10 + number))
        trails.append(owner.is_killed_and_sends_again(form, kill_at=end))

    assert_each_changed_once(owner, trails)
    item = owner.ward.world.subscription()["items"]["data"][0]
    assert item["price"]["unit_amount"] == 1000 + 100 * len(trails)


@ON_SQLITE_FIRST
@EVERY_END
def test_a_cancellation_whose_process_was_killed_is_made_once_and_can_be_taken_back(
    owner: Owner, ends: list[int | tuple[str, ...]]
) -> None:
    trails: list[Outcome] = []
    for end in ends:
        cancel = owner.form("Cancel", reason="needs_break")
        trails.append(owner.is_killed_and_sends_again(cancel, kill_at=end))
        assert owner.ward.world.subscription()["cancel_at_period_end"]
        undo = owner.form(None)
        trails.append(owner.is_killed_and_sends_again(undo, kill_at=end))
        assert not owner.ward.world.subscription()["cancel_at_period_end"]

    assert_each_changed_once(owner, trails)


@ON_SQLITE
def test_the_proof_finds_the_mistake_of_a_commit_before_the_outbox(config: Config, tmp_path: Path) -> None:
    with years(config, tmp_path) as world, nursery(world.config, "commit before outbox") as processes:
        ward = Ward(world, processes)
        ward.give(ONCE, "nina@example.com")
        # The letter's commit, which begins when that of its cause is behind.
        trail = ward.nursery.do(Work(), kill_at=("before commit", "before commit"))
        ward.recover()

        assert trail.was_killed
        with pytest.raises(AssertionError):
            assert_made_good(world, [trail])
