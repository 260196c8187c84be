"""Whatever Stripe or the network does, the caller learns whether to try again, and nothing personal."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from donations.gateway.client import StripeGateway
from donations.gateway.errors import (
    CardDeclined,
    GatewayError,
    IdempotencyMismatch,
    NotFoundAtStripe,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
    UnexpectedAnswer,
)
from donations.gateway.kinds import ObjectKind
from tests.gateway import answers
from tests.gateway.calls import KEY, PARAMETERS, answering, each_call, gateway_to
from tests.gateway.raw_server import Answer, Behaviour, RawServer, Reset, Silence, error, says

NO_WHOLE_ANSWER: dict[str, Behaviour] = {
    "reset": Reset(),
    "silence": Silence(),
    "half a body": Answer(b'{"id":"ch_1","obj', promised=500),
    "half an error": Answer(b'{"error":{"ty', status=500, promised=500),
    "not JSON": Answer(b'{"id":"ch_1","obj'),
    "not UTF-8": Answer(b'{"id":"\xff"}'),
    "nothing": Answer(b""),
    "null": says(None),
    "a list": says([]),
    "a number": says(5),
    "too deep": Answer(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "a proxy's page": Answer(b"<html>Bad Gateway</html>", status=502),
    "a proxy's 404": Answer(b"<html>Not Found</html>", status=404),
    "a proxy's JSON": says({"error": "bad gateway"}, 502),
    "an error without content": says({"error": None}, 500),
}
no_whole_answer = pytest.mark.parametrize("behaviour", NO_WHOLE_ANSWER.values(), ids=NO_WHOLE_ANSWER)


@no_whole_answer
@each_call
def test_without_a_whole_answer_of_stripes_the_call_may_have_taken_effect(
    call: Callable[[StripeGateway], Any], behaviour: Behaviour
) -> None:
    with answering(behaviour) as (gateway, _), pytest.raises(StripeUnavailable) as caught:
        call(gateway)

    assert not caught.value.was_answered


def test_with_nobody_listening_stripe_is_unavailable() -> None:
    with RawServer(Reset()) as server:
        gone = server.base_url

    with pytest.raises(StripeUnavailable) as caught:
        gateway_to(gone).fetch(ObjectKind.CHARGE, "ch_1")

    assert not caught.value.was_answered


@pytest.mark.parametrize("status", [409, 500, 502, 503])
@each_call
def test_stripes_own_error_says_to_try_again(call: Callable[[StripeGateway], Any], status: int) -> None:
    with answering(error(status, "lock_timeout")) as (gateway, _), pytest.raises(StripeUnavailable) as caught:
        call(gateway)

    assert caught.value.was_answered
    assert (caught.value.status, caught.value.code) == (status, "lock_timeout")
    assert caught.value.request_id == "req_test"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-1", None), ("nan", None), ("inf", None), ("soon", None), ("", None)],
)
def test_a_rate_limit_passes_on_how_long_to_wait(header: str, seconds: float | None) -> None:
    limited = error(429, "rate_limit", Retry_After=header)

    with answering(limited) as (gateway, _), pytest.raises(RateLimited) as caught:
        gateway.fetch(ObjectKind.CHARGE, "ch_1")

    assert caught.value.retry_after == seconds
    assert caught.value.was_answered


def test_a_rate_limit_is_not_tried_again_by_the_gateway() -> None:
    with answering(error(429, Retry_After="1"), retries=2) as (gateway, server), pytest.raises(RateLimited):
        gateway.fetch(ObjectKind.CHARGE, "ch_1")

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, "parameter_unknown", type="invalid_request_error"), StripeRefused),
        (error(401, type="invalid_request_error"), StripeRefused),
        (error(403, "more_permissions_required", type="invalid_request_error"), StripeRefused),
        (error(404, "resource_missing", type="invalid_request_error"), NotFoundAtStripe),
        (error(400, "resource_missing", type="invalid_request_error"), NotFoundAtStripe),
        (error(400, type="idempotency_error"), IdempotencyMismatch),
        (error(402, "card_declined", type="card_error"), CardDeclined),
    ],
)
@each_call
def test_a_refusal_says_what_kind_it_is_and_is_not_tried_again(
    call: Callable[[StripeGateway], Any], answer: Answer, kind: type[StripeRefused]
) -> None:
    with answering(answer, retries=2) as (gateway, server), pytest.raises(StripeRefused) as caught:
        call(gateway)

    assert type(caught.value) is kind
    assert caught.value.param == "customer_email"
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [error(400), error(402), error(404), error(429), error(500), Reset()])
@each_call
def test_no_error_shows_the_email_the_key_or_stripes_message(
    call: Callable[[StripeGateway], Any], answer: Behaviour
) -> None:
    with answering(answer) as (gateway, _), pytest.raises(GatewayError) as caught:
        call(gateway)

    written = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "reader@example.com" not in written
    assert "No such" not in written
    assert KEY not in written
    assert caught.value.__context__ is None


def test_a_code_that_is_not_a_word_is_left_out() -> None:
    odd = says({"error": {"code": "reader@example.com", "param": ["x"], "type": None}}, 400)

    with answering(odd) as (gateway, _), pytest.raises(StripeRefused) as caught:
        gateway.fetch(ObjectKind.CHARGE, "ch_1")

    assert (caught.value.code, caught.value.param) == (None, None)
    assert str(caught.value) == "StripeRefused status=400 request=req_test"


@pytest.mark.parametrize(
    "first",
    [Reset(), Answer(b'{"id":"cs', promised=500), Answer(b"<html>", status=502), error(409), error(500)],
    ids=["reset", "half a body", "a proxy's page", "409", "500"],
)
def test_a_second_try_carries_the_same_key_and_the_same_parameters(first: Behaviour) -> None:
    with answering(first, says(answers.session()), retries=1) as (gateway, server):
        session = gateway.create_checkout_session(PARAMETERS, "key-1")

    assert session.id == "cs_test_1"
    assert [request.headers["idempotency-key"] for request in server.requests] == ["key-1", "key-1"]
    assert len({request.body for request in server.requests}) == 1


def test_by_default_a_call_is_tried_three_times() -> None:
    with RawServer(error(500)) as server, pytest.raises(StripeUnavailable):
        StripeGateway(KEY, server.base_url).fetch(ObjectKind.CHARGE, "ch_1")

    assert len(server.requests) == 3


def test_a_call_without_a_key_of_our_own_is_not_made() -> None:
    with answering(says(answers.session())) as (gateway, server), pytest.raises(ValueError):
        gateway.create_checkout_session(PARAMETERS, "")

    assert server.requests == []


@pytest.mark.parametrize("stripe_id", ["", "../customers", "ch_1/refunds", "ch_1?expand=x", "ch 1", "ch_é"])
def test_what_is_no_id_is_not_asked_for(stripe_id: str) -> None:
    with answering(says(answers.charge())) as (gateway, server), pytest.raises(ValueError):
        gateway.fetch(ObjectKind.CHARGE, stripe_id)

    assert server.requests == []


@pytest.mark.parametrize("answer", [{}, {"id": 7}, answers.session(livemode="no"), answers.listed()])
def test_an_object_in_another_shape_is_not_guessed_at(answer: dict[str, Any]) -> None:
    with answering(says(answer)) as (gateway, _), pytest.raises(UnexpectedAnswer) as caught:
        gateway.create_checkout_session(PARAMETERS, "key-1")

    assert "checkout.session." in str(caught.value)
