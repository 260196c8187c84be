"""Checkout Sessions: what opening one answers, what is refused, and how a session ends."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
import stripe

from donations.sandbox.api.versions import ACCOUNT_VERSION
from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk


def refused(desk: Desk, mode: str = "payment", **changes: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.open(mode, **changes)
    return caught.value


def test_a_new_session_is_open_and_unpaid(desk: Desk) -> None:
    session = desk.open(
        client_reference_id="ref-1", metadata={"reference": "ref-1"}, customer_email="a@example.org"
    )

    assert (session.status, session.payment_status, session.ui_mode) == ("open", "unpaid", "hosted_page")
    assert (session.amount_total, session.currency, session.submit_type) == (1000, "eur", "donate")
    assert session.client_reference_id == "ref-1"
    assert session.metadata.to_dict() == {"reference": "ref-1"}
    assert session.payment_intent is None
    assert session.url == f"{desk.server.base_url}/c/pay/{session.id}"
    assert session.id.startswith("cs_test_")


def test_a_session_lives_a_day_unless_it_is_told_otherwise(desk: Desk) -> None:
    soon = int(time.time()) + 3600

    assert desk.open(expires_at=soon).expires_at == soon
    unbounded = desk.open()
    assert unbounded.expires_at - unbounded.created == 24 * 3600


@pytest.mark.parametrize("seconds", [29 * 60, 24 * 3600 + 60])
def test_an_expiry_out_of_bounds_is_refused(desk: Desk, seconds: int) -> None:
    error = refused(desk, expires_at=int(time.time()) + seconds)

    assert error.param == "expires_at"


@pytest.mark.parametrize(
    ("mode", "changes", "param"),
    [
        ("payment", {"payment_method_types": ["card"]}, "payment_method_types"),
        ("payment", {"ui_mode": "hosted"}, "ui_mode"),
        ("payment", {"ui_mode": "embedded"}, "ui_mode"),
        ("payment", {"ui_mode": "custom"}, "ui_mode"),
        ("payment", {"success_url": "thanks"}, "success_url"),
        ("payment", {"customer_email": "nobody"}, "customer_email"),
        ("payment", {"amount": 49}, "line_items"),
        ("payment", {"amount": 100_000_000}, "line_items[0][price_data][unit_amount]"),
        ("payment", {"currency": "xyz"}, "line_items[0][price_data][currency]"),
        ("payment", {"subscription_data": {"metadata": {"a": "b"}}}, "subscription_data"),
        ("subscription", {"payment_intent_data": {"metadata": {"a": "b"}}}, "payment_intent_data"),
        ("subscription", {"customer_creation": "always"}, "customer_creation"),
        ("subscription", {"subscription_data": {"billing_cycle_anchor": "now"}},
         "subscription_data[billing_cycle_anchor]"),
        ("payment", {"customer": "cus_nobody"}, "customer"),
        ("payment", {"metadata": {"k" * 41: "v"}}, "metadata"),
    ],
)  # fmt: skip
def test_what_stripe_refuses_is_refused_and_pointed_at(
    desk: Desk, mode: str, changes: dict[str, Any], param: str
) -> None:
    error = refused(desk, mode, **changes)

    assert error.http_status == 400
    assert error.param == param
    assert desk.kinds() == set()


def test_a_price_must_fit_the_mode(desk: Desk) -> None:
    recurring = desk.session_parameters("subscription")
    once = desk.session_parameters("payment")

    for parameters in ({**recurring, "mode": "payment"}, {**once, "mode": "subscription"}):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            desk.stripe.v1.checkout.sessions.create(parameters)
        assert caught.value.param == "mode"


def test_a_hosted_page_with_hosted_ui_is_accepted(desk: Desk) -> None:
    assert desk.open(ui_mode="hosted_page").ui_mode == "hosted_page"


def test_a_guest_who_pays_once_gets_no_customer(desk: Desk) -> None:
    session = desk.give(
        customer_creation="if_required",
        metadata={"reference": "r"},
        payment_intent_data={"metadata": {"reference": "r"}},
    )
    intent = desk.stripe.v1.payment_intents.retrieve(
        str(session.payment_intent), {"expand": ["latest_charge"]}
    )

    assert (session.status, session.payment_status, session.customer) == ("complete", "paid", None)
    assert session.customer_details is not None
    assert session.customer_details.email == "reader@example.org"
    assert intent.metadata.to_dict() == {"reference": "r"}
    assert intent.latest_charge.billing_details.email == "reader@example.org"
    assert "invoice" not in intent


def test_a_subscription_session_names_nobody_until_it_completes(desk: Desk) -> None:
    session = desk.open("subscription", subscription_data={"metadata": {"reference": "r"}})
    assert (session.customer, session.subscription, session.invoice) == (None, None, None)

    desk.pay(session)

    done = desk.again(session, "subscription", "customer")
    assert done.payment_intent is None
    assert done.subscription.status == "active"
    assert done.subscription.metadata.to_dict() == {"reference": "r"}
    assert done.customer.email == "reader@example.org"


def test_a_declined_card_leaves_the_session_open_and_makes_no_subscription(desk: Desk) -> None:
    session = desk.open("subscription")

    answer = desk.pay(session, cards.DECLINED)

    assert answer.status_code == 402
    assert "Your card was declined." in answer.text
    assert desk.again(session).status == "open"
    assert desk.kinds() & {"subscription", "customer", "invoice"} == set()


def test_a_declined_reader_can_try_again_with_the_same_payment_intent(desk: Desk) -> None:
    session = desk.open()
    desk.pay(session, cards.INSUFFICIENT_FUNDS)
    first = desk.again(session, "payment_intent").payment_intent

    desk.pay(session)

    paid = desk.again(session, "payment_intent").payment_intent
    assert first.last_payment_error.decline_code == "insufficient_funds"
    assert paid.id == first.id
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    charges = desk.stripe.v1.charges.list({"payment_intent": paid.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_a_session_can_be_expired_once(desk: Desk) -> None:
    session = desk.open()

    expired = desk.stripe.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError):
        desk.stripe.v1.checkout.sessions.expire(session.id)
    assert desk.event_types() == ["checkout.session.expired"]


def test_a_completed_session_cannot_be_expired(desk: Desk) -> None:
    session = desk.give()

    with pytest.raises(stripe.InvalidRequestError, match="complete"):
        desk.stripe.v1.checkout.sessions.expire(session.id)


def test_time_expires_a_session_and_takes_its_payment_intent_along(desk: Desk) -> None:
    session = desk.open(expires_at=int(time.time()) + 3600)
    desk.pay(session, cards.DECLINED)

    desk.control("clock", seconds=3700)

    assert desk.again(session, "payment_intent").status == "expired"
    assert desk.again(session, "payment_intent").payment_intent.status == "canceled"
    assert desk.event_types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_an_expired_page_takes_no_money(desk: Desk) -> None:
    session = desk.open()
    desk.stripe.v1.checkout.sessions.expire(session.id)

    answer = desk.pay(session)

    assert answer.status_code == 200
    assert "This page has expired" in answer.text
    assert "charge" not in desk.kinds()


def test_line_items_and_filters(desk: Desk) -> None:
    first, second = desk.open(), desk.give()
    sessions = desk.stripe.v1.checkout.sessions

    lines = sessions.line_items.list(first.id)
    complete = sessions.list({"status": "complete"})
    by_intent = sessions.list({"payment_intent": str(second.payment_intent)})
    by_email = sessions.list({"customer_details": {"email": "reader@example.org"}})

    assert [(line.description, line.amount_total) for line in lines] == [("Support The Moscow Times", 1000)]
    assert [[found.id for found in page.data] for page in (complete, by_intent, by_email)] == [
        [second.id]
    ] * 3


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "You did not provide an API key"),
        (
            {"Authorization": "Bearer sk_live_abcdefghijklmnop"},
            "Invalid API Key provided: sk_live_********mnop",
        ),
        ({"Authorization": "Bearer pk_test_x"}, "Invalid API Key provided"),
    ],
)
def test_only_a_test_key_opens_the_api(desk: Desk, headers: dict[str, str], words: str) -> None:
    answer = requests.get(f"{desk.server.base_url}/v1/events", headers=headers, timeout=10)

    assert answer.status_code == 401
    assert words in answer.json()["error"]["message"]
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_key_may_come_as_basic_user_name(desk: Desk) -> None:
    answer = requests.get(f"{desk.server.base_url}/v1/events", auth=("rk_test_x", ""), timeout=10)

    assert answer.status_code == 200
    assert answer.headers["Request-Id"].startswith("req_")
    # Who names no version is answered in the account's own.
    assert answer.headers["Stripe-Version"] == ACCOUNT_VERSION
