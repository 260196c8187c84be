"""Stripe fails while a reader submits, and while a job applies: nobody is charged twice, nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import pytest
import requests

from tests.journeys.givers import HttpGiver, card
from tests.journeys.stack import Stack
from tests.journeys.test_giving import (
    GIFTS,
    assert_agreed,
    fresh_email,
    reference_in,
    succeeded,
    thanked,
    to_stripe,
)

SESSIONS = "/v1/checkout/sessions"


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 429}, {"status": 409}, {"reset": "before"}],
    ids=["500", "429", "409", "reset"],
)
def test_when_stripe_fails_the_reader_is_told_that_nothing_was_charged_and_keeps_the_choices(
    stack: Stack, fault: dict[str, object]
) -> None:
    reader, email = HttpGiver(), fresh_email()
    reader.open(f"{stack.base}/support?frequency=annual&amount=75&currency=gbp")
    reader.fill_in({"email": email, "name": "Nina Petrova", "cover_fees": "on"})
    stack.control("faults", path=SESSIONS, count=10, **fault)

    reader.submit()
    stack.control("faults", clear=True)

    assert reader.answer is not None
    assert reader.answer.status_code == 503
    assert "You have not been charged. We could not reach our payment provider." in reader.text
    page = reader.soup
    assert page.find("input", {"name": "email"})["value"] == email
    assert page.find("input", {"name": "other_amount"})["value"] == "75"
    assert page.find("input", {"name": "cover_fees"}).has_attr("checked")
    reader.submit()
    assert reader.url.startswith(f"{stack.sandbox}/c/pay/")
    reader.pay(**card())
    thanked(reader)
    assert len(succeeded(stack, reference_in(reader.url))) == 1


def test_one_hiccup_of_stripe_is_not_even_noticed(stack: Stack) -> None:
    reader = HttpGiver()
    stack.control("faults", path=SESSIONS, count=1, status=409)

    to_stripe(reader, stack, GIFTS[0], fresh_email())

    stack.control("faults", clear=True)


def test_when_stripe_is_silent_the_same_form_asks_again_and_opens_one_session(stack: Stack) -> None:
    reader = HttpGiver()
    reader.open(f"{stack.base}/support")
    reader.fill_in({"email": fresh_email()})
    before = len(stack.state()["objects"]["checkout.session"])
    # Longer than the web waits, once for each of its tries; the work is done all the same.
    stack.control("faults", path=SESSIONS, method="POST", delay=11, count=2)

    reader.submit()
    assert "You have not been charged." in reader.text
    reader.submit()

    stack.control("faults", clear=True)
    assert reader.url.startswith(f"{stack.sandbox}/c/pay/")
    assert len(stack.state()["objects"]["checkout.session"]) == before + 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "count": 4},
        {"status": 429, "count": 2},
        {"reset": "after", "count": 4},
        {"delay": 2, "count": 3},
    ],
    ids=["500", "429", "reset", "slow"],
)
def test_when_stripe_fails_while_a_job_applies_the_gift_is_applied_once_later(
    stack: Stack, fault: dict[str, object]
) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[1], fresh_email())
    stack.control("faults", path="/v1/", **fault)

    reader.pay(**card())

    thanked(reader)
    assert_agreed(stack)


def test_the_same_form_sent_fifty_times_at_once_opens_one_session(stack: Stack) -> None:
    reader = HttpGiver()
    reader.open(f"{stack.base}/support")
    reader.fill_in({"email": fresh_email()})
    action, form = urljoin(reader.url, reader.action), dict(reader.form)
    before = len(stack.state()["objects"].get("checkout.session", []))

    def send(_: int) -> str:
        answer = requests.post(action, data=form, allow_redirects=False, timeout=60)
        return f"{answer.status_code} {answer.headers.get('Location')}"

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(send, range(50)))

    (only,) = answers
    assert only.startswith(f"303 {stack.sandbox}/c/pay/")
    assert len(stack.state()["objects"]["checkout.session"]) == before + 1


def test_webhooks_that_come_late_doubled_and_in_a_wrong_order_end_in_the_same_state(stack: Stack) -> None:
    stack.control("deliveries", mode="hold")
    references: list[str] = []
    for gift in (GIFTS[0], GIFTS[1], GIFTS[2]):
        reader = HttpGiver()
        to_stripe(reader, stack, gift, fresh_email())
        reader.pay(**card())
        references.append(reference_in(reader.url))

    stack.control("deliveries", mode="normal")
    stack.control("deliveries/flush", order="shuffled", seed=7, duplicate=True)

    assert_agreed(stack)
    assert [len(succeeded(stack, reference)) for reference in references] == [1, 1, 1]


def test_a_reader_whose_webhooks_were_all_lost_is_still_thanked(stack: Stack) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[1], fresh_email())
    stack.control("deliveries", mode="drop")

    reader.pay(**card())
    thanked(reader)

    stack.control("deliveries", mode="normal")
    assert_agreed(stack)
