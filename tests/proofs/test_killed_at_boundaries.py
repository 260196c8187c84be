"""SIGKILL before and after each commit, call, letter and wake-up: what was half done is made good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from donations.domain.checkouts import CheckoutStatus
from donations.models import Checkout, StripeEvent, StripeObject
from donations.models.database import reading
from donations.models.vault import Vault
from donations.services import checkouts
from donations.services.checkouts import Attempt, Opening
from tests.journeys.givers import HttpGiver, card
from tests.journeys.years import SECRET, Years, years
from tests.proofs.databases import ON_POSTGRES_FIRST, ON_SQLITE, ON_SQLITE_FIRST
from tests.proofs.nursery import Nursery, Outcome, Post, nursery
from tests.proofs.signed import PATH, event_body, signed
from tests.sync.desk import count_of, only, rows

_numbers = count(1)


@dataclass
class Ward:
    """A site and Stripe that live, and a nursery of processes on the same database that don't."""

    world: Years
    nursery: Nursery

    def form(self) -> Post:
        """The support form as a reader of their own fills it in."""
        giver = HttpGiver()
        giver.open(f"{self.world.base}/support")
        giver.fill_in({"email": f"reader{next(_numbers)}@example.com"})
        return Post(urlsplit(urljoin(giver.url, giver.action)).path, giver.form)

    def send(self, form: Post) -> requests.Response:
        """By the site that lives."""
        assert isinstance(form.data, dict)
        return requests.post(f"{self.world.base}{form.path}", form.data, allow_redirects=False, timeout=60)

    def sessions(self) -> list[dict[str, Any]]:
        return self.world.state()["objects"]["checkout.session"]

    def time_passes(self, span: timedelta) -> None:
        self.world.control("clock", seconds=int(span.total_seconds()))
        self.world.jobs.sweep()
        self.world.settle()


@pytest.fixture
def ward(config: Config, tmp_path: Path) -> Iterator[Ward]:
    with years(config, tmp_path) as world, nursery(world.config) as processes:
        yield Ward(world, processes)


def names(outcomes: list[Outcome]) -> set[str]:
    """The boundaries at which processes were killed."""
    assert not outcomes[-1].was_killed
    return {outcome.passed[-1] for outcome in outcomes if outcome.was_killed}


def kill_while_giving(ward: Ward) -> list[Post]:
    """A form for each boundary of opening a checkout, sent by a process that was killed there."""
    forms: list[Post] = []

    def act(_number: int) -> Post:
        forms.append(ward.form())
        return forms[-1]

    killed_at = names(ward.nursery.kill_everywhere(act))
    around = {"before create_checkout_session", "after create_checkout_session"}
    assert killed_at >= around | {"before commit", "after commit"}
    return forms


def assert_sent_again_opens_one_session(ward: Ward, forms: list[Post]) -> None:
    answers = [ward.send(form) for form in forms]

    assert [answer.status_code for answer in answers] == [303] * len(forms)
    references = [session["client_reference_id"] for session in ward.sessions()]
    assert len(references) == len(set(references)) == len(forms) == count_of(Checkout)
    for answer in answers:
        requests.post(answer.headers["Location"], data=card(), allow_redirects=False, timeout=30)
    ward.world.settle()
    ward.world.assert_in_agreement()
    assert len(ward.world.letters()) == len(forms)


@ON_POSTGRES_FIRST
def test_a_form_whose_process_was_killed_opens_one_session_when_it_is_sent_again(ward: Ward) -> None:
    forms = kill_while_giving(ward)
    ward.world.control("clock", seconds=60)

    assert_sent_again_opens_one_session(ward, forms)


@ON_SQLITE_FIRST
def test_what_stripe_opened_for_a_killed_process_is_found_though_no_reader_comes_back(ward: Ward) -> None:
    kill_while_giving(ward)

    ward.time_passes(timedelta(minutes=3))
    opened = {each["client_reference_id"]: each["id"] for each in ward.sessions()}
    with reading() as session:
        ours = {row.reference: row.stripe_session_id for row in rows(session, Checkout)}
    assert {reference: ours[reference] for reference in opened} == opened

    ward.time_passes(timedelta(minutes=70))
    with reading() as session:
        ends = {row.reference: row.status for row in rows(session, Checkout)}
    assert {ends[reference] for reference in opened} == {CheckoutStatus.EXPIRED}
    assert {ends[reference] for reference in ends.keys() - opened.keys()} == {CheckoutStatus.FAILED}


def test_an_event_whose_process_was_killed_is_kept_once_when_it_is_delivered_again(ward: Ward) -> None:
    def delivery(number: int) -> Post:
        body = event_body(f"evt_{number}", f"pi_{number}")
        return Post(PATH, body, signed(body, SECRET))

    outcomes = ward.nursery.kill_everywhere(delivery)

    assert "after commit" in names(outcomes)
    for number, outcome in enumerate(outcomes, 1):
        if "after commit" in outcome.passed:
            assert only(StripeEvent, stripe_event_id=f"evt_{number}")
        again = delivery(number)
        assert requests.post(ward.world.base + PATH, again.data, headers=again.headers, timeout=30).ok
    assert count_of(StripeEvent) == len(outcomes)
    with reading() as session:
        assert {row.generation for row in session.scalars(select(StripeObject))} == {1}


@ON_SQLITE
def test_the_proof_finds_the_mistake_of_a_fresh_end_for_a_repeated_call(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_checkout = checkouts.open_checkout

    def with_a_fresh_end(
        session: Session, vault: Vault, attempt: Attempt, *, public_base_url: str, now: datetime
    ) -> Opening:
        opening = open_checkout(session, vault, attempt, public_base_url=public_base_url, now=now)
        ends_at = int((now + checkouts.LIFETIME).timestamp())
        return replace(opening, parameters={**opening.parameters, "expires_at": ends_at})

    form = ward.form()
    assert ward.nursery.do(form, kill_at=("after create_checkout_session",)).was_killed
    ward.world.control("clock", seconds=60)
    monkeypatch.setattr(checkouts, "open_checkout", with_a_fresh_end)

    with pytest.raises(AssertionError):
        assert_sent_again_opens_one_session(ward, [form])
