"""What Stripe refuses, the sandbox refuses alike: the status, the code, the parameter, the words."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.desk import Desk
from tests.sandbox.wrong_calls import REFUSED, Wrong, post, refund_more_than_paid
from tests.stripe_description.answers import wrong_with_kind

DOCUMENTED = "https://stripe.com/docs/error-codes/"


def error_of(answer: requests.Response) -> dict[str, Any]:
    """The error, of which every one has a message, and a page about its code if it has one."""
    body = answer.json()
    error: dict[str, Any] = body["error"]
    assert wrong_with_kind("error", body) == []
    assert "request_log_url" not in error
    if "code" in error and error["code"] != "property_expansion_max_depth":
        assert error["doc_url"] == DOCUMENTED + error["code"].replace("_", "-")
    return error


def refusal(answer: requests.Response) -> tuple[int, str | None, str | None]:
    error = error_of(answer)
    assert error["type"] == "invalid_request_error"
    return answer.status_code, error.get("code"), error.get("param")


@pytest.mark.parametrize("wrong", REFUSED, ids=lambda wrong: wrong.__name__)
def test_what_cannot_be_done_is_refused_as_stripe_does(desk: Desk, wrong: Wrong) -> None:
    status, code, param, words = REFUSED[wrong]

    answer = wrong(desk)

    assert refusal(answer) == (status, code, param)
    assert words in error_of(answer)["message"]


def test_a_refusal_changes_nothing(desk: Desk) -> None:
    refund_more_than_paid(desk)
    before = desk.state()["objects"]

    again = post(desk, "refunds", {"payment_intent": before["payment_intent"][0]["id"], "amount": "1001"})

    assert again.status_code == 400
    assert desk.state()["objects"] == before


@pytest.mark.parametrize(
    ("metadata", "param"),
    [
        ({"k" * 41: "v"}, "metadata"),
        ({"k": "v" * 501}, "metadata[k]"),
        ({f"k{number}": "v" for number in range(51)}, "metadata"),
    ],
)
def test_metadata_has_its_limits(desk: Desk, metadata: dict[str, str], param: str) -> None:
    form = {f"metadata[{key}]": value for key, value in metadata.items()}

    assert refusal(post(desk, "customers", form)) == (400, None, param)


def test_metadata_at_its_limits_is_kept(desk: Desk) -> None:
    full = {f"{'k' * 38}{number:02}": "v" * 500 for number in range(50)}

    made = desk.stripe.v1.customers.create({"metadata": full})
    one_gone = desk.stripe.v1.customers.update(made.id, {"metadata": {next(iter(full)): ""}})
    cleared = desk.stripe.v1.customers.update(made.id, {"metadata": ""})

    assert made.metadata.to_dict() == full
    assert len(one_gone.metadata.to_dict()) == 49
    assert cleared.metadata.to_dict() == {}


def test_a_51st_key_is_refused_on_update_too(desk: Desk) -> None:
    full = {f"k{number}": "v" for number in range(50)}
    customer = desk.stripe.v1.customers.create({"metadata": full})

    answer = post(desk, f"customers/{customer.id}", {"metadata[one]": "more"})

    assert refusal(answer) == (400, None, "metadata")


@pytest.mark.parametrize(
    ("authorization", "words"),
    [
        ("", "You did not provide an API key."),
        ("Bearer ", "You did not provide an API key."),
        ("Bearer nonsense", "Invalid API Key provided: ********"),
        ("Bearer sk_live_51SecretOfTheirs", "Invalid API Key provided: sk_live_********eirs"),
    ],
)
def test_without_a_test_key_it_is_401(desk: Desk, authorization: str, words: str) -> None:
    answer = desk.http.get(f"{desk.server.base_url}/v1/customers", headers={"Authorization": authorization})

    assert refusal(answer) == (401, None, None)
    assert words in error_of(answer)["message"]
    assert "SecretOfTheirs" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_wrong_method_is_an_unknown_address(desk: Desk, method: str) -> None:
    answer = desk.http.request(method, f"{desk.server.base_url}/v1/balance_transactions")

    assert refusal(answer) == (404, None, None)
    expected = f"Unrecognized request URL ({method}: /v1/balance_transactions). Please see"
    assert error_of(answer)["message"].startswith(expected)


def test_a_trailing_slash_is_pointed_out(desk: Desk) -> None:
    answer = desk.http.get(f"{desk.server.base_url}/v1/customers/")

    assert refusal(answer) == (404, None, None)
    assert "remove the trailing slash" in error_of(answer)["message"]


def test_what_stripe_has_and_the_sandbox_has_not_is_said(desk: Desk) -> None:
    answer = desk.http.get(f"{desk.server.base_url}/v1/payouts")

    assert error_of(answer)["message"] == "The sandbox does not do GET /v1/payouts."


def test_a_key_of_256_characters_is_refused_and_one_of_255_is_not(desk: Desk) -> None:
    good, bad = (post(desk, "customers", {}, **{"Idempotency-Key": "k" * size}) for size in (255, 256))

    assert (good.status_code, bad.status_code) == (200, 400)
    assert error_of(bad)["type"] == "idempotency_error"
    assert good.headers["Idempotency-Key"] == "k" * 255


def test_every_answer_says_which_request_it_answers(desk: Desk) -> None:
    answers = [post(desk, "customers"), post(desk, "refunds"), post(desk, "nothing")]

    ids = [answer.headers["Request-Id"] for answer in answers]
    assert len(set(ids)) == 3
    assert all(request.startswith("req_") and len(request) == 18 for request in ids)
