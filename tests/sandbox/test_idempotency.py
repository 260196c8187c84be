"""One answer a key, as Stripe gives it: replayed, guarded against other parameters, exclusive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import stripe

from tests.sandbox.desk import Desk


def create(desk: Desk, key: str, **changes: object) -> requests.Response:
    """By plain HTTP, where the headers can be seen."""
    form = {
        "mode": "payment",
        "success_url": "http://127.0.0.1:9/",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Gift",
        **changes,
    }
    url = f"{desk.server.base_url}/v1/checkout/sessions"
    return requests.post(
        url, form, headers={"Idempotency-Key": key, "Authorization": "Bearer sk_test_x"}, timeout=20
    )


def test_the_same_request_twice_opens_one_session(desk: Desk) -> None:
    first, second = create(desk, "k"), create(desk, "k")

    assert second.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(desk.state()["objects"]["checkout.session"]) == 1


def test_the_same_key_with_other_parameters_is_an_error(desk: Desk) -> None:
    parameters = desk.session_parameters()
    desk.stripe.v1.checkout.sessions.create(parameters, {"idempotency_key": "k"})

    with pytest.raises(stripe.IdempotencyError) as caught:
        desk.stripe.v1.checkout.sessions.create({**parameters, "locale": "nl"}, {"idempotency_key": "k"})

    assert caught.value.http_status == 400
    assert len(desk.state()["objects"]["checkout.session"]) == 1


def test_a_500_is_replayed_too(desk: Desk) -> None:
    desk.control("faults", status=500)

    first, second = create(desk, "k"), create(desk, "k")

    assert (first.status_code, second.status_code) == (500, 500)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert create(desk, "another").status_code == 200


def test_a_key_is_free_again_when_nothing_was_started(desk: Desk) -> None:
    assert create(desk, "k", locale="xx").status_code == 400
    desk.control("faults", status=429)
    assert create(desk, "k").status_code == 429

    assert create(desk, "k").status_code == 200


def test_two_at_once_with_one_key_are_one_session_and_one_conflict(desk: Desk) -> None:
    desk.control("faults", delay=0.5, count=0, path="/v1/checkout/sessions")

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: create(desk, "k"), range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    conflict = next(answer for answer in answers if answer.status_code == 409)
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    assert len(desk.state()["objects"]["checkout.session"]) == 1


def test_keys_are_forgotten_after_a_day(desk: Desk) -> None:
    first = create(desk, "k")
    desk.control("clock", seconds=25 * 3600)

    assert create(desk, "k").json()["id"] != first.json()["id"]
