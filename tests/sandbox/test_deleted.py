"""What was deleted: a stub for customers, nothing for products and drafts, and no list shows it."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.desk import Desk


def test_a_deleted_customer_is_a_stub_that_nothing_more_can_be_done_with(desk: Desk) -> None:
    customers = desk.stripe.v1.customers
    customer = customers.create({"email": "gone@example.org"})

    answer = customers.delete(customer.id)

    stub = {"id": customer.id, "object": "customer", "deleted": True}
    assert answer.to_dict() == stub
    assert customers.retrieve(customer.id).to_dict() == stub
    assert customers.list().data == []
    for refused in (
        lambda: customers.update(customer.id, {"name": "Nobody"}),
        lambda: customers.delete(customer.id),
        lambda: desk.open(customer=customer.id),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer") as caught:
            refused()
        assert caught.value.code == "resource_missing"


def test_a_deleted_customers_gift_ends_and_what_was_paid_stays(desk: Desk) -> None:
    session = desk.subscribe()
    happened = len(desk.event_types())

    desk.stripe.v1.customers.delete(str(session.customer))

    subscription = desk.stripe.v1.subscriptions.retrieve(str(session.subscription), {"expand": ["customer"]})
    assert (subscription.status, subscription.customer["deleted"]) == ("canceled", True)
    assert desk.stripe.v1.invoices.retrieve(str(session.invoice)).status == "paid"
    assert desk.event_types(happened) == [
        "customer.subscription.deleted", "payment_method.detached", "customer.deleted",
    ]  # fmt: skip


def test_a_deleted_customers_methods_are_let_go_and_pay_for_nothing_more(desk: Desk) -> None:
    v1 = desk.stripe.v1
    session = desk.subscribe()
    method = str(v1.subscriptions.retrieve(str(session.subscription)).default_payment_method)

    v1.customers.delete(str(session.customer))

    assert v1.payment_methods.retrieve(method, {"expand": ["customer"]}).customer is None
    another = v1.customers.create({"email": "another@example.org"}).id
    with pytest.raises(stripe.InvalidRequestError, match="may not be"):
        v1.payment_methods.attach(method, {"customer": another})


def test_a_product_goes_only_while_it_has_no_price(desk: Desk) -> None:
    products = desk.stripe.v1.products
    priced, plain = products.create({"name": "Priced"}), products.create({"name": "Plain"})
    desk.stripe.v1.prices.create({"product": priced.id, "currency": "eur", "unit_amount": 500})

    with pytest.raises(stripe.InvalidRequestError, match="user-created prices"):
        products.delete(priced.id)
    assert products.delete(plain.id).deleted is True

    with pytest.raises(stripe.InvalidRequestError) as caught:
        products.retrieve(plain.id)
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert [product.id for product in products.list().data] == [priced.id]


def test_a_draft_goes_and_what_it_billed_waits_for_another(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({"email": "billed@example.org"}).id
    item = {"customer": customer, "amount": "500", "currency": "eur"}
    desk.http.post(f"{desk.server.base_url}/v1/invoiceitems", item).raise_for_status()
    draft, again = (
        desk.stripe.v1.invoices.create({"customer": customer, "pending_invoice_items_behavior": "include"})
        for _ in range(2)
    )
    assert (draft.total, again.total) == (500, 0)

    desk.stripe.v1.invoices.delete(str(draft.id))

    third = desk.stripe.v1.invoices.create(
        {"customer": customer, "pending_invoice_items_behavior": "include"}
    )
    assert third.total == 500
    desk.stripe.v1.invoices.finalize_invoice(str(third.id))
    with pytest.raises(stripe.InvalidRequestError, match="only delete draft invoices"):
        desk.stripe.v1.invoices.delete(str(third.id))


def test_a_deleted_customer_keeps_no_method_of_a_payment_confirmed_later(desk: Desk) -> None:
    v1 = desk.stripe.v1
    customer = v1.customers.create({"email": "gone@example.org"}).id
    automatic = {"enabled": True, "allow_redirects": "never"}
    intent = v1.payment_intents.create({
        "amount": 500, "currency": "eur", "customer": customer, "setup_future_usage": "off_session",
        "automatic_payment_methods": automatic,
    })  # fmt: skip
    v1.customers.delete(customer)

    paid = v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert paid.status == "succeeded"
    assert v1.payment_methods.retrieve(str(paid.payment_method)).customer is None
