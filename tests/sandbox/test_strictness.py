"""What Stripe refuses, the sandbox refuses alike: the status, the code, the parameter, the words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.stripe_description.answers import wrong_with_kind

Wrong = Callable[[Desk], requests.Response]

DOCUMENTED = "https://stripe.com/docs/error-codes/"


def post(desk: Desk, path: str, form: dict[str, str] | None = None, **headers: str) -> requests.Response:
    return desk.http.post(f"{desk.server.base_url}/v1/{path}", form, headers=headers)


def delete(desk: Desk, path: str) -> requests.Response:
    return desk.http.delete(f"{desk.server.base_url}/v1/{path}")


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


def refund_more_than_paid(desk: Desk) -> requests.Response:
    intent = str(desk.give().payment_intent)
    return post(desk, "refunds", {"payment_intent": intent, "amount": "1001"})


def refund_more_than_is_left(desk: Desk) -> requests.Response:
    intent = str(desk.give().payment_intent)
    post(desk, "refunds", {"payment_intent": intent, "amount": "400"})
    return post(desk, "refunds", {"payment_intent": intent, "amount": "601"})


def refund_twice(desk: Desk) -> requests.Response:
    intent = str(desk.give().payment_intent)
    post(desk, "refunds", {"payment_intent": intent})
    return post(desk, "refunds", {"payment_intent": intent})


def refund_nothing(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"payment_intent": str(desk.give().payment_intent), "amount": "0"})


def refund_what_was_not_paid(desk: Desk) -> requests.Response:
    session = desk.open()
    desk.pay(session, cards.DECLINED)
    intent = desk.again(session).payment_intent
    return post(desk, "refunds", {"payment_intent": str(intent)})


def refund_what_is_disputed(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"payment_intent": str(desk.give(cards.DISPUTED).payment_intent)})


def refund_without_saying_what(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"amount": "100"})


def refund_two_things(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"charge": "ch_x", "payment_intent": "pi_x"})


def expire_a_paid_session(desk: Desk) -> requests.Response:
    return post(desk, f"checkout/sessions/{desk.give().id}/expire")


def expire_twice(desk: Desk) -> requests.Response:
    session = desk.open()
    post(desk, f"checkout/sessions/{session.id}/expire")
    return post(desk, f"checkout/sessions/{session.id}/expire")


def update_an_ended_subscription(desk: Desk) -> requests.Response:
    subscription = desk.subscribe().subscription
    delete(desk, f"subscriptions/{subscription}")
    return post(desk, f"subscriptions/{subscription}", {"description": "again"})


def cancel_twice(desk: Desk) -> requests.Response:
    subscription = desk.subscribe().subscription
    delete(desk, f"subscriptions/{subscription}")
    return delete(desk, f"subscriptions/{subscription}")


def end_two_ways(desk: Desk) -> requests.Response:
    form = {"cancel_at": "max_period_end", "cancel_at_period_end": "true"}
    return post(desk, f"subscriptions/{desk.subscribe().subscription}", form)


def end_in_the_past(desk: Desk) -> requests.Response:
    return post(desk, f"subscriptions/{desk.subscribe().subscription}", {"cancel_at": "1000000000"})


def price_and_price_data(desk: Desk) -> requests.Response:
    price = desk.open("subscription").id and "price_1"
    form = {"mode": "payment", "success_url": "http://127.0.0.1:9/", "line_items[0][quantity]": "1"}
    form |= {"line_items[0][price]": price, "line_items[0][price_data][currency]": "eur"}
    return post(desk, "checkout/sessions", form)


def customer_and_their_email(desk: Desk) -> requests.Response:
    customer = desk.stripe.v1.customers.create({"email": "reader@example.org"}).id
    return post(desk, "checkout/sessions", session(customer=customer, customer_email="reader@example.org"))


def a_customer_who_is_not(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(customer="cus_nobody"))


def an_amount_too_small(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(**{"line_items[0][price_data][unit_amount]": "49"}))


def an_amount_too_large(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(**{"line_items[0][price_data][unit_amount]": "100000000"}))


def an_expiry_too_soon(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(expires_at="1700000000"))


def a_product_twice(desk: Desk) -> requests.Response:
    post(desk, "products", {"id": "gift", "name": "Gift"})
    return post(desk, "products", {"id": "gift", "name": "Gift"})


def session(**changes: str) -> dict[str, str]:
    return {
        "mode": "payment",
        "success_url": "http://127.0.0.1:9/",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Gift",
        **changes,
    }


REFUSED: dict[Wrong, tuple[int, str | None, str | None, str]] = {
    refund_more_than_paid: (400, None, "amount", "is greater than charge amount (€10.00)"),
    refund_more_than_is_left: (400, None, "amount", "is greater than unrefunded amount on charge (€6.00)"),
    refund_twice: (400, "charge_already_refunded", None, "has already been refunded."),
    refund_nothing: (400, "parameter_invalid_integer", "amount", "must be greater than or equal to 1"),
    refund_what_was_not_paid: (400, "payment_intent_unexpected_state", "payment_intent", "to refund"),
    refund_what_is_disputed: (400, "charge_disputed", None, "has been charged back"),
    refund_without_saying_what: (400, "parameter_missing", "charge", "Missing required param: charge."),
    refund_two_things: (400, None, "charge", "You may only specify one of these parameters"),
    expire_a_paid_session: (400, None, "session", "has a status of `complete`"),
    expire_twice: (400, None, "session", "has a status of `expired`"),
    update_an_ended_subscription: (404, "resource_missing", "id", "No such subscription: 'sub_"),
    cancel_twice: (404, "resource_missing", "id", "No such subscription: 'sub_"),
    end_two_ways: (400, None, "cancel_at", "You may only specify one of these parameters"),
    end_in_the_past: (400, None, "cancel_at", "must be in the future"),
    price_and_price_data: (400, None, "line_items[0][price]", "You may only specify one of these parameters"),
    customer_and_their_email: (400, None, "customer_email", "You may only specify one of these parameters"),
    a_customer_who_is_not: (400, "resource_missing", "customer", "No such customer: 'cus_nobody'"),
    an_amount_too_small: (400, "amount_too_small", "line_items", "must add up to at least €0.50 eur"),
    an_amount_too_large: (400, "amount_too_large", "line_items[0][price_data][unit_amount]", "99999999"),
    an_expiry_too_soon: (400, None, "expires_at", "at least 30 minutes from Checkout Session creation"),
    a_product_twice: (400, "resource_already_exists", "id", "Product already exists."),
}


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
