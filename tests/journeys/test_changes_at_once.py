"""One change of a gift has one effect, whatever is doubled, lost, late or overtaken on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from sqlalchemy.orm import Session

from config import Config
from donations.domain.written_calls import CallStatus
from donations.models import GiftChange, Subscription
from donations.models.database import reading
from donations.services import gift_changes
from donations.services.gift_changes import Wish
from donations.services.references import new_reference
from tests.journeys.givers import HttpGiver
from tests.journeys.test_years import MONTHLY, ONE_DATABASE, START
from tests.journeys.years import Years, years
from tests.sync.desk import rows

SUBSCRIPTIONS = "/v1/subscriptions/"


@dataclass
class Desk:
    """A supporter who is logged in, with one monthly gift of ten euros."""

    world: Years
    giver: HttpGiver

    def form(self, link: str = "Change the amount", **fields: str) -> tuple[str, dict[str, str]]:
        """Where a form goes, and all that it sends: a tab that was opened and not sent yet."""
        self.giver.open(f"{self.world.base}/manage")
        self.giver.follow(link)
        self.giver.fill_in(fields)
        return urljoin(self.giver.url, self.giver.action), dict(self.giver.form)

    def send(self, form: tuple[str, dict[str, str]]) -> requests.Response:
        action, fields = form
        return self.giver.session.post(action, data=fields, timeout=60)

    def changes(self) -> list[GiftChange]:
        with reading() as session:
            return rows(session, GiftChange)

    def updates(self) -> int:
        """How often Stripe's subscription was changed."""
        events = self.world.state()["objects"]["event"]
        return sum(each["type"] == "customer.subscription.updated" for each in events)

    def amount(self) -> int:
        return self.world.subscription()["items"]["data"][0]["price"]["unit_amount"]

    def assert_changed_once(self, amount: int = 1500) -> None:
        self.world.settle()
        assert (self.amount(), self.updates()) == (amount, 1)
        (change,) = self.changes()
        assert change.status is CallStatus.ACCEPTED
        assert self.world.new_letters() == {"gift_changed": 1}
        self.world.assert_in_agreement()


@pytest.fixture
def desk(config: Config, tmp_path: Path) -> Iterator[Desk]:
    with years(config, tmp_path) as world:
        world.begin_at(START)
        giver = HttpGiver()
        world.give(giver, MONTHLY)
        world.log_in(giver)
        world.new_letters()
        yield Desk(world, giver)


def test_a_double_click_changes_once_and_leads_both_to_the_same_answer(desk: Desk) -> None:
    form = desk.form(amount="15")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(desk.send, [form] * 8))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.url for answer in answers}) == 1
    desk.assert_changed_once()


def test_the_second_of_two_tabs_is_told_that_the_gift_has_changed(desk: Desk) -> None:
    first, second = desk.form(amount="15"), desk.form(amount="30")

    desk.send(first)
    desk.world.settle()
    answer = desk.send(second)

    assert answer.status_code == 409
    assert "has changed in the meantime" in answer.text
    desk.assert_changed_once()


def test_the_second_of_two_tabs_waits_while_the_first_is_not_confirmed(desk: Desk) -> None:
    first, second = desk.form(amount="15"), desk.form(amount="30")

    desk.send(first)
    answer = desk.send(second)

    assert answer.status_code == 409
    assert "still being confirmed" in answer.text
    desk.assert_changed_once()


def test_asking_for_what_is_so_already_asks_stripe_for_nothing(desk: Desk) -> None:
    answer = desk.send(desk.form(amount="10"))

    assert answer.status_code == 200
    assert "It is so already" in answer.text
    assert (desk.changes(), desk.updates()) == ([], 0)


def test_the_webhook_comes_before_the_answer(desk: Desk) -> None:
    form = desk.form(amount="15")
    # The work is done and the answer is lost, twice: the SDK's own second try finds silence as well.
    desk.world.control("faults", path=SUBSCRIPTIONS, method="POST", kind="reset_after", count=4)

    answer = desk.send(form)

    assert "We could not hear from our payment provider" in answer.text
    desk.world.control("faults", clear=True)
    desk.world.settle()
    desk.world.control("clock", seconds=3600)
    desk.assert_changed_once()


def test_the_answer_comes_before_the_webhook_which_comes_late_or_never(desk: Desk) -> None:
    form = desk.form(amount="15")
    desk.world.control("deliveries", mode="hold")

    desk.send(form)
    desk.world.settle()
    assert "€15 every month" in page(desk)
    desk.world.control("deliveries", mode="normal")
    desk.world.control("deliveries/flush", order="shuffled", seed=3, duplicate=True)

    desk.assert_changed_once()


@pytest.mark.parametrize("fault", [{"status": 500}], ids=["it fails"])
def test_when_stripe_answers_with_a_failure_nothing_is_changed_and_a_new_form_works(
    desk: Desk, fault: dict[str, object]
) -> None:
    form = desk.form(amount="15")
    desk.world.control("faults", path=SUBSCRIPTIONS, method="POST", count=10, **fault)

    answer = desk.send(form)

    assert "Nothing was changed" in answer.text
    desk.world.control("faults", clear=True)
    desk.world.settle()
    assert (desk.amount(), desk.updates()) == (1000, 0)
    desk.send(desk.form(amount="15"))
    desk.world.settle()
    assert (desk.amount(), desk.updates()) == (1500, 1)
    desk.world.assert_in_agreement()


@pytest.mark.parametrize(
    "fault",
    [{"kind": "429"}, {"kind": "reset_before"}, {"status": 409}],
    ids=["too many", "no answer", "busy with another"],
)
def test_when_stripe_takes_nothing_the_same_call_is_made_again_and_the_reader_need_not(
    desk: Desk, fault: dict[str, object]
) -> None:
    form = desk.form(amount="15")
    desk.world.control("faults", path=SUBSCRIPTIONS, method="POST", count=4, **fault)

    answer = desk.send(form)

    assert "You don’t need to do it again" in answer.text
    desk.world.control("faults", clear=True)
    desk.world.control("clock", seconds=3600)
    desk.assert_changed_once()


def test_a_crash_between_the_row_and_the_call_is_made_good(desk: Desk) -> None:
    """The planted crash leaves what a SIGKILL would: a row, and nobody who makes its call."""
    form = desk.form(amount="15")
    desk.world.control("faults", path=SUBSCRIPTIONS, method="POST", kind="reset_before", count=4)
    desk.send(form)
    desk.world.control("faults", clear=True)
    assert [each.status for each in desk.changes()] == [CallStatus.ASKING]

    desk.world.control("clock", seconds=3600)

    desk.assert_changed_once()


UNCHANGED_BY_WHOM: dict[str, Callable[[Desk], object]] = {
    "by staff in Stripe's dashboard": lambda desk: in_dashboard(desk, {"cancel_at_period_end": "true"}),
    "by its end": lambda desk: in_dashboard(desk, None),
}


@pytest.mark.parametrize("elsewhere", UNCHANGED_BY_WHOM.values(), ids=UNCHANGED_BY_WHOM)
def test_a_gift_that_was_changed_elsewhere_is_not_changed_by_an_old_form(
    desk: Desk, elsewhere: Callable[[Desk], object]
) -> None:
    form = desk.form(amount="15")
    elsewhere(desk)
    desk.world.settle()

    answer = desk.send(form)

    assert answer.status_code == 409
    assert desk.changes() == []
    assert desk.amount() == 1000
    desk.world.assert_in_agreement()


def test_a_gift_that_ended_a_moment_ago_is_refused_by_stripe_in_plain_words(desk: Desk) -> None:
    form = desk.form(amount="15")
    in_dashboard(desk, None)

    answer = desk.send(form)

    assert "Nothing was changed" in answer.text
    desk.world.settle()
    assert "Ended" in page(desk)
    desk.world.assert_in_agreement()


def test_what_was_asked_of_a_gift_that_is_anothers_is_not_found(desk: Desk) -> None:
    action, fields = desk.form(amount="15")
    reference = action.rsplit("/", 2)[-2]

    for other in ("AAAAAAAAAAAAAAAAAAAAAA", "x", reference[::-1]):
        assert desk.send((action.replace(reference, other), fields)).status_code == 404

    assert desk.changes() == []


@ONE_DATABASE
def test_the_proof_finds_the_mistake_of_a_fresh_key_for_a_repeated_call(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_of = gift_changes.call_of
    fresh = lambda *of: replace(call_of(*of), idempotency_key=new_reference())  # noqa: E731
    monkeypatch.setattr(gift_changes, "call_of", fresh)
    form = desk.form(amount="15")
    desk.world.control("faults", path=SUBSCRIPTIONS, method="POST", kind="reset_after", count=4)

    desk.send(form)
    desk.world.control("faults", clear=True)
    desk.world.control("clock", seconds=3600)
    desk.world.settle()

    assert desk.updates() > 1


@ONE_DATABASE
def test_the_proof_finds_the_mistake_of_a_form_that_may_be_used_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_row = gift_changes._new_row
    reusable = lambda *of: new_row(*of) | {"nonce": new_reference()}  # noqa: E731
    monkeypatch.setattr(gift_changes, "_new_row", reusable)
    monkeypatch.setattr(gift_changes, "begin", begin_without_looking)
    form = desk.form(amount="15")

    answers = [desk.send(form) for _ in range(2)]

    assert {answer.status_code for answer in answers} != {200}


def begin_without_looking(
    session: Session, subscription: Subscription, wish: Wish, now: datetime
) -> tuple[GiftChange, bool]:
    row = GiftChange(**gift_changes._new_row(subscription, wish, now))
    session.add(row)
    session.flush()
    return row, True


def page(desk: Desk) -> str:
    desk.giver.open(f"{desk.world.base}/manage")
    return desk.giver.text


def in_dashboard(desk: Desk, update: dict[str, str] | None) -> None:
    """What staff do at Stripe, by its API: a change, or the end at once."""
    url = f"{desk.world.sandbox.base_url}{SUBSCRIPTIONS}{desk.world.subscription()['id']}"
    auth = (desk.world.config.stripe_secret_key, "")
    answer = (
        requests.delete(url, auth=auth, timeout=10)
        if update is None
        else requests.post(url, data=update, auth=auth, timeout=10)
    )
    assert answer.ok, answer.text
