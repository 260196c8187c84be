"""Trouble on request: the answers that a caller must survive."""

from __future__ import annotations

import pytest
import requests
import stripe

from tests.sandbox.desk import Desk


def test_a_rate_limit_says_when_to_come_back(desk: Desk) -> None:
    desk.control("faults", status=429, retry_after=2)

    answer = desk.http.get(f"{desk.server.base_url}/v1/events")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert answer.json()["error"]["code"] == "rate_limit"
    assert desk.http.get(f"{desk.server.base_url}/v1/events").status_code == 200


def test_a_fault_meets_only_its_path_and_method_and_count(desk: Desk) -> None:
    desk.control("faults", status=500, path="/v1/checkout", method="POST", count=2)

    assert desk.stripe.v1.events.list().data == []
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            desk.open()
    assert desk.open().status == "open"


def test_a_conflict_is_retried_by_the_sdk(desk: Desk) -> None:
    desk.control("faults", status=409)
    desk.stripe._requestor._options.max_network_retries = 2

    assert desk.open().status == "open"


def test_a_dropped_connection_before_the_work_changes_nothing(desk: Desk) -> None:
    desk.control("faults", reset="before")

    with pytest.raises(stripe.APIConnectionError):
        desk.open()

    assert desk.kinds() == set()


def test_a_dropped_connection_after_the_work_is_healed_by_the_same_key(desk: Desk) -> None:
    desk.control("faults", reset="after")
    parameters, options = desk.session_parameters(), {"idempotency_key": "k"}
    with pytest.raises(stripe.APIConnectionError):
        desk.stripe.v1.checkout.sessions.create(parameters, options)

    session = desk.stripe.v1.checkout.sessions.create(parameters, options)

    assert [found["id"] for found in desk.state()["objects"]["checkout.session"]] == [session.id]


def test_a_slow_answer_outlasts_an_impatient_caller(desk: Desk) -> None:
    desk.control("faults", delay=1)

    with pytest.raises(requests.ReadTimeout):
        desk.http.get(f"{desk.server.base_url}/v1/events", timeout=0.2)


def test_faults_can_be_taken_back(desk: Desk) -> None:
    desk.control("faults", status=500, count=0)
    with pytest.raises(stripe.APIError):
        desk.open()

    assert desk.control("faults", clear=True) == {"waiting": []}

    assert desk.open().status == "open"


def test_a_control_that_is_not_understood_is_refused(desk: Desk) -> None:
    for path, body in (
        ("faults", {"colour": 1}),
        ("deliveries", {"mode": "x"}),
        ("renew", {}),
        ("clock", {"seconds": -1}),
    ):
        answer = desk.http.post(f"{desk.server.base_url}/_sandbox/{path}", json=body)
        assert answer.status_code == 400, path
