"""Trouble on request: the answers that a caller must survive."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.desk import Desk

AUTH = {"Authorization": "Bearer sk_test_desk"}


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


def test_a_half_body_is_noticed_and_healed_by_the_same_key(desk: Desk) -> None:
    desk.control("faults", kind="half_body", method="POST", path="/v1/checkout/sessions")
    parameters, options = desk.session_parameters(), {"idempotency_key": "k"}
    with pytest.raises(stripe.APIConnectionError):
        desk.stripe.v1.checkout.sessions.create(parameters, options)

    session = desk.stripe.v1.checkout.sessions.create(parameters, options)

    assert [found["id"] for found in desk.state()["objects"]["checkout.session"]] == [session.id]


def test_a_half_body_announces_all_of_it_and_sends_half(desk: Desk) -> None:
    desk.control("faults", half=True)

    head, _, body = b"".join(pieces_of(desk, "/v1/events")).partition(b"\r\n\r\n")

    announced = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) == announced // 2


def test_a_trickle_arrives_whole_but_piece_by_piece(desk: Desk) -> None:
    desk.control("faults", trickle=0.5)

    pieces = pieces_of(desk, "/v1/account")

    assert len(pieces) > 2
    assert json.loads(b"".join(pieces).partition(b"\r\n\r\n")[2])["object"] == "account"


def pieces_of(desk: Desk, path: str) -> list[bytes]:
    """What arrives on the wire, as it arrives, until the sandbox closes the connection."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer sk_test_x\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", desk.server.settings.port), timeout=10) as connection:
        connection.sendall(request.encode())
        return list(iter(lambda: connection.recv(65536), b""))


def test_of_many_at_once_with_one_key_one_works_and_the_rest_are_refused_and_then_replayed(
    desk: Desk,
) -> None:
    """The first one's answer is even cut off, so that nobody has heard of it."""
    desk.control("faults", delay=1.5, half=True, path="/v1/customers", count=8)
    url, headers = f"{desk.server.base_url}/v1/customers", {"Idempotency-Key": "k"}
    barrier = threading.Barrier(8)

    def create(_: int) -> str:
        barrier.wait()
        try:
            answer = requests.post(url, {"name": "A"}, headers={**headers, **AUTH}, timeout=20)
        except requests.exceptions.ChunkedEncodingError:
            return "half"
        return str(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(create, range(8)))
    again = requests.post(url, {"name": "A"}, headers={**headers, **AUTH}, timeout=20)

    assert answers == ["409"] * 7 + ["half"]
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert [found["id"] for found in desk.state()["objects"]["customer"]] == [again.json()["id"]]


def test_a_random_plan_does_the_same_to_the_same_calls(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    histories: list[list[tuple[str, str]]] = []

    for seed in (7, 7, 8):
        desk.control("faults", clear=True)
        desk.control("faults", seed=seed, rate=0.5, kinds=["500", "429", "409", "half_body"])
        statuses = [status_of(desk) for _ in range(20)]
        report = desk.http.get(f"{desk.server.base_url}/_sandbox/faults").json()
        histories.append([(done["path"], done["fault"]) for done in report["done"]])
        assert (report["plan"]["seed"], report["plan"]["calls"]) == (seed, 20)
        assert [done["fault"] for done in report["done"]] == [
            status for status in statuses if status != "200"
        ]

    assert histories[0] == histories[1] != histories[2]
    assert {fault for _, fault in histories[0]} == {"500", "429", "409", "half_body"}


def status_of(desk: Desk) -> str:
    try:
        return str(desk.http.get(f"{desk.server.base_url}/v1/events").status_code)
    except requests.exceptions.ChunkedEncodingError:
        return "half_body"


def test_a_plan_counts_only_the_calls_that_it_means(desk: Desk) -> None:
    desk.control("faults", seed=1, rate=1, kinds=["500"], path="/v1/checkout/", method="POST")

    assert desk.stripe.v1.events.list().data == []
    with pytest.raises(stripe.APIError):
        desk.open()

    report = desk.http.get(f"{desk.server.base_url}/_sandbox/faults").json()
    assert report["plan"]["calls"] == 1
    assert [(done["method"], done["path"]) for done in report["done"]] == [("POST", "/v1/checkout/sessions")]


def test_a_caller_that_keeps_its_key_gets_through_a_whole_plan_once(desk: Desk) -> None:
    """Everything but a 500, which Stripe replays for ever: that key is spent."""
    kinds = ["429", "409", "reset_before", "reset_after", "half_body"]
    desk.control("faults", seed=3, rate=0.7, kinds=kinds)
    parameters = desk.session_parameters()

    for number in range(10):
        insist(desk, parameters, f"key-{number}")

    assert len(desk.state()["objects"]["checkout.session"]) == 10
    done = desk.http.get(f"{desk.server.base_url}/_sandbox/faults").json()["done"]
    assert {fault["fault"] for fault in done} == set(kinds)


def insist(desk: Desk, parameters: dict[str, Any], key: str) -> None:
    for _ in range(50):
        try:
            desk.stripe.v1.checkout.sessions.create(parameters, {"idempotency_key": key})
        except (stripe.APIConnectionError, stripe.RateLimitError, stripe.StripeError):
            continue
        return
    raise AssertionError(f"{key} never got through")


def test_a_thin_events_fetch_meets_faults_too(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(thin=True)
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    event_id = json.loads(desk.receiver.wait_for(1)[0].body)["id"]
    url = f"{desk.server.base_url}/v2/core/events/{event_id}"
    desk.control("faults", kind="429", path="/v2/")

    answers = [desk.http.get(url) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [429, 200]
    assert answers[0].headers["Retry-After"] == "1"


def test_faults_can_be_taken_back(desk: Desk) -> None:
    desk.control("faults", status=500, count=0)
    with pytest.raises(stripe.APIError):
        desk.open()

    assert desk.control("faults", clear=True) == {"waiting": [], "plan": None, "done": []}

    assert desk.open().status == "open"


def test_a_control_that_is_not_understood_is_refused(desk: Desk) -> None:
    for path, body in (
        ("faults", {"colour": 1}),
        ("faults", {"kind": "rain"}),
        ("faults", {"status": 200}),
        ("faults", {"reset": "maybe"}),
        ("faults", {"delay": -1}),
        ("faults", {"count": "many"}),
        ("faults", {"rate": 2}),
        ("faults", {"rate": 0.5, "kinds": ["rain"]}),
        ("faults", {"rate": 0.5, "colour": 1}),
        ("deliveries", {"mode": "x"}),
        ("deliveries", {"share": 2}),
        ("deliveries", {"types": "charge.*"}),
        ("deliveries", {"colour": 1}),
        ("endpoints", {"url": "nowhere"}),
        ("renew", {}),
        ("clock", {"seconds": -1}),
    ):
        answer = desk.http.post(f"{desk.server.base_url}/_sandbox/{path}", json=body)
        assert answer.status_code == 400, path
