"""What we ask Stripe for, against Stripe's description and the SDK's own types."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from stripe.params.checkout import SessionCreateParams

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.gateway.checkout_parameters import checkout_parameters
from tests.stripe_description.parameters import problems_with
from tests.stripe_description.sdk import unknown_to_the_sdk

_FREQUENCIES = list(Frequency)
_TEN_EUROS = Money(1000, "eur")


def parameters(
    charge: Money = _TEN_EUROS, frequency: Frequency = Frequency.ONCE, locale: str = "en"
) -> dict[str, Any]:
    return checkout_parameters(
        charge,
        frequency,
        reference="r-7Qk2",
        email="reader@example.com",
        locale=locale,
        product_name="Donation to The Moscow Times",
        success_url="https://donate.example/support/thanks/r-7Qk2",
        cancel_url="https://donate.example/support?back=r-7Qk2",
        expires_at=datetime(2026, 11, 22, 13, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("frequency", _FREQUENCIES)
def test_stripes_description_allows_all_that_is_asked_for(frequency: Frequency) -> None:
    asked = parameters(frequency=frequency)

    assert problems_with("post", "/v1/checkout/sessions", asked) == []


@pytest.mark.parametrize("frequency", _FREQUENCIES)
def test_the_sdk_knows_every_parameter_that_is_asked_for(frequency: Frequency) -> None:
    asked = parameters(frequency=frequency)

    assert unknown_to_the_sdk(asked, SessionCreateParams) == []


def test_a_misspelt_nested_parameter_is_found_by_both_checks() -> None:
    asked = parameters()
    asked["line_items"][0]["price_data"]["unit_amonut"] = 5

    assert problems_with("post", "/v1/checkout/sessions", asked)
    assert unknown_to_the_sdk(asked, SessionCreateParams) == ["line_items.0.price_data.unit_amonut"]


@pytest.mark.parametrize(("name", "value"), [("ui_mode", "hosted"), ("locale", "tlh"), ("mode", "gift")])
def test_a_value_that_stripe_does_not_take_is_found(name: str, value: str) -> None:
    asked = parameters() | {name: value}

    assert problems_with("post", "/v1/checkout/sessions", asked)


@pytest.mark.parametrize("frequency", _FREQUENCIES)
def test_what_is_stored_as_json_is_what_is_sent(frequency: Frequency) -> None:
    asked = parameters(frequency=frequency)

    assert json.loads(json.dumps(asked)) == asked


def test_a_single_gift_is_a_payment_of_the_whole_charge() -> None:
    asked = parameters(Money(500, "jpy"), Frequency.ONCE)

    assert asked["mode"] == "payment"
    assert asked["customer_creation"] == "if_required"
    assert asked["line_items"] == [
        {
            "quantity": 1,
            "price_data": {
                "currency": "jpy",
                "unit_amount": 500,
                "product_data": {"name": "Donation to The Moscow Times"},
            },
        }
    ]


@pytest.mark.parametrize(
    ("frequency", "interval"), [(Frequency.MONTHLY, "month"), (Frequency.ANNUAL, "year")]
)
def test_a_recurring_gift_is_a_subscription_at_its_interval(frequency: Frequency, interval: str) -> None:
    asked = parameters(frequency=frequency)

    assert asked["mode"] == "subscription"
    assert asked["line_items"][0]["price_data"]["recurring"] == {"interval": interval}
    assert "customer_creation" not in asked


@pytest.mark.parametrize(
    ("frequency", "made_later"),
    [
        (Frequency.ONCE, "payment_intent_data"),
        (Frequency.MONTHLY, "subscription_data"),
        (Frequency.ANNUAL, "subscription_data"),
    ],
)
def test_stripes_objects_carry_our_reference_and_nothing_else(frequency: Frequency, made_later: str) -> None:
    asked = parameters(frequency=frequency)

    assert asked["client_reference_id"] == "r-7Qk2"
    assert asked["metadata"] == {"reference": "r-7Qk2"}
    assert asked[made_later] == {"metadata": {"reference": "r-7Qk2"}}


@pytest.mark.parametrize("frequency", _FREQUENCIES)
def test_nothing_is_asked_of_the_reader_that_we_do_not_need(frequency: Frequency) -> None:
    collected = {
        "billing_address_collection",
        "custom_fields",
        "name_collection",
        "phone_number_collection",
        "shipping_address_collection",
        "tax_id_collection",
    }

    assert not collected & set(parameters(frequency=frequency))


def test_what_stripe_removed_is_not_sent() -> None:
    assert "payment_method_types" not in parameters()
    assert "billing_cycle_anchor" not in parameters(frequency=Frequency.MONTHLY)["subscription_data"]


def test_stripe_may_not_convert_the_amount_into_another_currency() -> None:
    assert parameters()["adaptive_pricing"] == {"enabled": False}


@pytest.mark.parametrize(
    ("page", "stripes"),
    [
        ("en", "en"),
        ("ru", "ru"),
        ("en_GB", "en-GB"),
        ("pt-BR", "pt-BR"),
        ("de_AT", "de"),
        ("ru_RU", "ru"),
        ("hy", "auto"),
        ("", "auto"),
    ],
)
def test_the_hosted_page_speaks_the_nearest_language_that_it_has(page: str, stripes: str) -> None:
    assert parameters(locale=page)["locale"] == stripes
