"""Parameters are held against Stripe's description at every depth."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.desk import Desk

GOOD = {
    "mode": "payment",
    "success_url": "http://127.0.0.1:9/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "1000",
    "line_items[0][price_data][product_data][name]": "Gift",
}


def post(desk: Desk, path: str, form: Any, **headers: str) -> requests.Response:
    return desk.http.post(f"{desk.server.base_url}{path}", form, headers=headers)


def error_of(answer: requests.Response) -> tuple[int, str | None, str | None]:
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    return answer.status_code, error.get("code"), error.get("param")


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"line_items[0][price_data][recuring][interval]": "month"}, "parameter_unknown",
         "line_items[0][price_data][recuring]"),
        ({"line_items[0][price_data][product_data][nmae]": "x"}, "parameter_unknown",
         "line_items[0][price_data][product_data][nmae]"),
        ({"line_items[0][price_data][unit_amount]": "ten"}, "parameter_invalid_integer",
         "line_items[0][price_data][unit_amount]"),
        ({"line_items[0][quantity]": "1.5"}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items[0][quantity]": "0"}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items[0][price_data][currency]": None}, "parameter_missing",
         "line_items[0][price_data][currency]"),
        ({"line_items[0][price_data][product_data][name]": None,
          "line_items[0][price_data][product_data][description]": "d"}, "parameter_missing",
         "line_items[0][price_data][product_data][name]"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"mode": "gift"}, None, "mode"),
        ({"adaptive_pricing[enabled]": "maybe"}, None, "adaptive_pricing[enabled]"),
        ({"adaptive_pricing": "true"}, None, "adaptive_pricing"),
        ({"metadata[a][b]": "c"}, None, "metadata[a]"),
        ({"line_items[first][quantity]": "1"}, None, "line_items"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_where_it_is(
    desk: Desk, changes: dict[str, str | None], code: str | None, param: str
) -> None:
    form = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}

    answer = post(desk, "/v1/checkout/sessions", form)

    assert error_of(answer) == (400, code, param)


def test_the_message_of_a_bad_choice_lists_the_choices(desk: Desk) -> None:
    answer = post(desk, "/v1/checkout/sessions", {**GOOD, "ui_mode": "hosted"})

    assert answer.json()["error"]["message"] == (
        "Invalid ui_mode: must be one of elements, embedded_page, or hosted_page"
    )


@pytest.mark.parametrize("body", [b"a[b=1", b"\xff=1", b"a=1&a[b]=2", b"]=1", b"[0]=1"])
def test_a_form_that_is_none_is_refused(desk: Desk, body: bytes) -> None:
    answer = post(desk, "/v1/customers", body, **{"Content-Type": "application/x-www-form-urlencoded"})

    assert error_of(answer) == (400, None, None)


def test_json_is_refused_by_v1(desk: Desk) -> None:
    answer = post(desk, "/v1/customers", b'{"name": "A"}', **{"Content-Type": "application/json"})

    assert error_of(answer) == (400, None, None)


def test_an_unknown_path_and_an_unknown_object_are_404(desk: Desk) -> None:
    path = desk.http.get(f"{desk.server.base_url}/v1/nothing")
    missing = desk.http.get(f"{desk.server.base_url}/v1/payment_intents/pi_nothing")
    other_kind = desk.http.get(f"{desk.server.base_url}/v1/payment_intents/{desk.open().id}")

    assert error_of(path) == (404, None, None)
    assert error_of(missing) == (404, "resource_missing", "intent")
    assert error_of(other_kind) == (404, "resource_missing", "intent")


def test_another_api_version_is_refused(desk: Desk) -> None:
    answer = desk.http.get(f"{desk.server.base_url}/v1/events", headers={"Stripe-Version": "2019-01-01"})

    assert error_of(answer) == (400, None, None)


def test_metadata_is_merged_and_unset(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({"metadata": {"a": "1", "b": "2"}})

    merged = desk.stripe.v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    cleared = desk.stripe.v1.customers.update(customer.id, {"metadata": ""})

    assert merged.metadata.to_dict() == {"b": "2", "c": "3"}
    assert cleared.metadata.to_dict() == {}


def test_an_empty_string_unsets_on_update(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({"name": "A Reader"})

    assert desk.stripe.v1.customers.update(customer.id, {"name": ""}).name is None


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("POST", "/v1/checkout/sessions", {**GOOD, "phone_number_collection[enabled]": "true"}),
        ("POST", "/v1/checkout/sessions", {**GOOD, "payment_intent_data[receipt_email]": "a@example.org"}),
        ("POST", "/v1/customers", {"cash_balance[settings][reconciliation_mode]": "automatic"}),
        ("GET", "/v1/subscriptions", {"collection_method": "send_invoice", "automatic_tax[enabled]": "true"}),
    ],
)
def test_what_stripe_does_and_the_sandbox_does_not_is_said(
    desk: Desk, method: str, path: str, form: dict[str, str]
) -> None:
    place = {"data": form} if method == "POST" else {"params": form}

    answer = desk.http.request(method, f"{desk.server.base_url}{path}", **place)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The sandbox does not do `")
