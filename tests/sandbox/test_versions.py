"""What a version of the API takes, and how far the table of changes is the SDK's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from donations.sandbox.api.description import operation
from donations.sandbox.api.overlay import CHANGES, DESCRIBED, ENDIVE, PINNED
from donations.sandbox.api.routes import ROUTES
from donations.sandbox.settings import API_VERSION, SUPPORTED_VERSIONS
from tests.sandbox.desk import Desk
from tests.stripe_description.sdk import names_of, unknown_to_the_sdk
from tests.stripe_description.sdk_calls import typed_parameters

Call = tuple[str, str, str]

NOT_IN_THE_SDK: Mapping[Call, str] = {
    ("POST", "/v1/customers/{customer}", name): "an old name, which Stripe takes and its SDKs leave out"
    for name in ("bank_account", "card", "default_alipay_account", "default_bank_account", "default_card")
} | {
    ("POST", "/v1/payment_intents/{intent}/confirm", "client_secret"): "for browsers, with a publishable key",
    ("POST", "/v1/setup_intents/{intent}/confirm", "client_secret"): "for browsers, with a publishable key",
    ("POST", "/v1/payment_methods/{payment_method}", "payto"): "left out of the SDK's update",
}
"""What Stripe's description takes and the SDK's types do not have, although no version removed it."""


def accepted_but_unknown() -> Iterator[Call]:
    for method, path in ROUTES:
        typed = typed_parameters(method.lower(), path)
        if typed is not None:
            for name in operation(method, path, PINNED).parameters:
                if name not in names_of(typed):
                    yield method, path, name


def test_what_is_accepted_at_the_pinned_version_is_what_the_sdk_may_send() -> None:
    assert set(accepted_but_unknown()) <= set(NOT_IN_THE_SDK)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.path} {change.parameter}")
def test_each_change_is_one_that_the_sdk_knows(change: Any) -> None:
    typed = typed_parameters(change.method.lower(), change.path)

    before = {change.parameter: sample(operation(change.method, change.path, "2026").parameters, change)}
    after = operation(change.method, change.path, PINNED).parameters.get(change.parameter)

    if after is None:
        assert unknown_to_the_sdk(before, typed) == [change.parameter]
    elif change.schema:
        assert unknown_to_the_sdk({change.parameter: {"type": "now"}}, typed) == []
    else:
        assert change.parameter in names_of(typed)
        assert set(change.choices) < set(after["enum"])


def sample(parameters: Mapping[str, Any], change: Any) -> Any:
    assert change.parameter in parameters
    return "now"


def test_the_table_is_of_the_version_that_the_sdk_pins() -> None:
    assert API_VERSION == PINNED
    assert {DESCRIBED, ENDIVE, PINNED} <= SUPPORTED_VERSIONS


def ask(desk: Desk, version: str | None, path: str = "checkout/sessions", **form: str) -> requests.Response:
    headers = {"Stripe-Version": version} if version else {}
    return desk.http.post(f"{desk.server.base_url}/v1/{path}", form, headers=headers)


GIFT = {
    "mode": "payment",
    "success_url": "http://127.0.0.1:9/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "1000",
    "line_items[0][price_data][product_data][name]": "Gift",
}


@pytest.mark.parametrize("version", [ENDIVE, PINNED])
def test_since_endive_nobody_chooses_the_payment_methods(desk: Desk, version: str) -> None:
    refused = ask(desk, version, **GIFT, **{"payment_method_types[0]": "card"})

    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["param"]) == (
        400,
        "parameter_unknown",
        "payment_method_types",
    )
    assert error["message"] == "Received unknown parameter: payment_method_types"


@pytest.mark.parametrize("version", [None, DESCRIBED])
def test_before_endive_the_payment_methods_are_chosen(desk: Desk, version: str | None) -> None:
    made = ask(desk, version, **GIFT, **{"payment_method_types[0]": "card"})

    assert (made.status_code, made.json()["payment_method_types"]) == (200, ["card"])
    assert made.headers["Stripe-Version"] == DESCRIBED


@pytest.mark.parametrize("version", sorted(SUPPORTED_VERSIONS))
@pytest.mark.parametrize("mode", ["hosted", "embedded", "custom"])
def test_the_old_names_of_the_page_are_refused(desk: Desk, version: str, mode: str) -> None:
    refused = ask(desk, version, **GIFT, ui_mode=mode)

    error = refused.json()["error"]
    assert (refused.status_code, error["param"]) == (400, "ui_mode")
    assert error["message"].startswith("Invalid ui_mode: must be one of ")


@pytest.mark.parametrize(
    ("version", "form"),
    [(DESCRIBED, {"billing_cycle_anchor": "now"}), (PINNED, {"billing_cycle_anchor[type]": "now"})],
)
def test_an_anchor_says_the_same_in_the_words_of_each_version(
    desk: Desk, version: str, form: dict[str, str]
) -> None:
    customer = desk.stripe.v1.customers.create({"email": "reader@example.org"}).id
    product = desk.stripe.v1.products.create({"name": "Gift"}).id
    price = {"product": product, "currency": "eur", "unit_amount": 500, "recurring": {"interval": "month"}}
    trial = {"end_behavior": {"missing_payment_method": "pause"}}
    subscription = desk.stripe.v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price_data": price}],
            "trial_period_days": 2,
            "trial_settings": trial,
        }
    ).id
    desk.control("clock", days=3)

    resumed = ask(desk, version, f"subscriptions/{subscription}/resume", **form)

    # There is still no card, but it is billed again.
    assert (resumed.status_code, resumed.json()["status"]) == (200, "past_due")


def test_a_plain_anchor_is_refused_since_endive(desk: Desk) -> None:
    path = f"subscriptions/{desk.subscribe().subscription}"

    refused = ask(desk, PINNED, path, billing_cycle_anchor="unchanged")

    error = refused.json()["error"]
    assert (refused.status_code, error["message"], error["param"]) == (
        400,
        "Invalid object",
        "billing_cycle_anchor",
    )


@pytest.mark.parametrize("version", sorted(SUPPORTED_VERSIONS))
def test_the_version_that_was_asked_for_is_the_one_that_answers(desk: Desk, version: str) -> None:
    good, bad = ask(desk, version, **GIFT), ask(desk, version, mode="payment")

    assert (good.status_code, bad.status_code) == (200, 400)
    assert [answer.headers["Stripe-Version"] for answer in (good, bad)] == [version, version]


@pytest.mark.parametrize("version", ["2019-2-19", "2026-10-28", "endive", "2099-01-01.fennel"])
def test_a_version_that_never_was_is_refused(desk: Desk, version: str) -> None:
    refused = ask(desk, version, **GIFT)

    assert refused.status_code == 400
    assert refused.json()["error"] == {
        "message": f"Invalid Stripe API version: {version}",
        "type": "invalid_request_error",
    }


def test_a_version_too_old_for_the_sandbox_is_said_to_be_so(desk: Desk) -> None:
    refused = ask(desk, "2024-06-20", **GIFT)

    assert refused.json()["error"]["message"] == "The sandbox does not speak version 2024-06-20."
