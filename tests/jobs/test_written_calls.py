"""What an answer of Stripe's settles: a refusal does, silence and an error don't, and when to look again."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from donations.gateway.errors import (
    GatewayError,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
    UnexpectedAnswer,
)
from donations.jobs.written_calls import Refused, Unsettled, ask

MINUTE = timedelta(minutes=1)


def asked(error: GatewayError, tries: int = 0) -> object:
    def call() -> None:
        raise error

    return ask(call, tries, Random(3))


def wait(error: GatewayError, tries: int = 0) -> timedelta:
    heard = asked(error, tries)
    assert isinstance(heard, Unsettled)
    assert heard.problem == str(error)
    return heard.wait


def test_what_stripe_answers_is_given_back() -> None:
    assert ask(lambda: "answer", 0, Random(3)) == "answer"


def test_a_refusal_settles_it_and_says_why() -> None:
    error = StripeRefused(status=400, code="charge_disputed")

    assert asked(error) == Refused(str(error))


@pytest.mark.parametrize(
    ("error", "is_repeated"),
    [
        (StripeUnavailable(was_answered=True, status=500), True),
        (StripeUnavailable(was_answered=False), False),
        (StripeUnavailable(was_answered=True, status=409), False),
        (RateLimited(was_answered=True, retry_after=1), False),
        (UnexpectedAnswer("refund.amount"), False),
    ],
)
def test_only_an_error_that_was_answered_is_repeated_for_the_same_key(
    error: GatewayError, is_repeated: bool
) -> None:
    heard = asked(error)

    assert isinstance(heard, Unsettled)
    assert (heard.problem, heard.is_repeated) == (str(error), is_repeated)


@pytest.mark.parametrize("error", [StripeUnavailable(was_answered=False), UnexpectedAnswer("refund.amount")])
def test_the_wait_is_a_minute_at_least_grows_and_is_an_hour_at_most(error: GatewayError) -> None:
    assert [wait(error, tries) for tries in (0, 1)] == [MINUTE, MINUTE]
    # Four seconds, five times longer each time, more or less by a fourth.
    assert timedelta(seconds=80) <= wait(error, 2) <= timedelta(seconds=125)
    assert timedelta(seconds=400) <= wait(error, 3) <= timedelta(seconds=625)
    assert [wait(error, tries) for tries in (5, 10, 100_000)] == [timedelta(hours=1)] * 3


def test_where_stripe_asks_for_a_longer_wait_it_is_kept_however_long() -> None:
    assert wait(RateLimited(was_answered=True, retry_after=90)) == timedelta(seconds=90)
    assert wait(RateLimited(was_answered=True, retry_after=7200)) == timedelta(hours=2)
    assert wait(RateLimited(was_answered=True, retry_after=5)) == MINUTE
