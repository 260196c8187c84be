"""Lives without the hosted page: what the API alone does, for the proofs over all lives."""

from __future__ import annotations

from typing import Any

from tests.sandbox.desk import Desk


def methods_kept_and_taken_off(desk: Desk) -> None:
    v1 = desk.stripe.v1
    customer, method = _customer(desk)
    v1.payment_methods.update(method, {"metadata": {"a": "b"}})
    desk.subscribe(customer=customer)
    v1.payment_methods.detach(method)
    gone = v1.customers.create({"email": "gone@example.org"}).id
    v1.customers.delete(gone)
    v1.customers.retrieve(gone)
    v1.products.delete(v1.products.create({"name": "Nothing"}).id)


def told_to_several_endpoints(desk: Desk) -> None:
    endpoints = desk.stripe.v1.webhook_endpoints
    made = endpoints.create(
        {"url": desk.receiver.url, "enabled_events": ["charge.succeeded"], "api_version": "2026-10-28.endive"}  # pyright: ignore[reportArgumentType]
    )
    endpoints.update(made.id, {"enabled_events": ["*"]})
    desk.give()
    endpoints.retrieve(made.id)
    endpoints.delete(endpoints.create({"url": made.url, "enabled_events": ["*"]}).id)


def sent_to_the_portal(desk: Desk) -> None:
    portal = desk.stripe.v1.billing_portal
    configurations = portal.configurations
    customer = str(desk.subscribe().customer)
    portal.sessions.create({"customer": customer, "return_url": "http://127.0.0.1:9/"})
    deep: Any = {"customer": customer, "flow_data": {"type": "payment_method_update"}}
    portal.sessions.create(deep)
    made = configurations.create({"features": {"invoice_history": {"enabled": True}}, "name": "Plain"})
    configurations.update(made.id, {"active": False, "metadata": {"a": "b"}})


def billed_by_hand(desk: Desk) -> None:
    v1 = desk.stripe.v1
    for ending in ("pay", "void", "mark_uncollectible", "delete"):
        customer, _ = _customer(desk)
        item = {"customer": customer, "amount": "500", "currency": "eur"}
        assert desk.http.post(f"{desk.server.base_url}/v1/invoiceitems", item).status_code == 200
        wanted: Any = {
            "customer": customer,
            "auto_advance": False,
            "currency": "eur",
            "pending_invoice_items_behavior": "include",
        }
        invoice = v1.invoices.create(wanted).id
        v1.invoices.update(str(invoice), {"metadata": {"a": "b"}})
        if ending == "delete":
            v1.invoices.delete(str(invoice))
            continue
        v1.invoices.finalize_invoice(str(invoice), {"auto_advance": False})
        path = f"{desk.server.base_url}/v1/invoices/{invoice}/{ending}"
        assert desk.http.post(path).status_code == 200


def _method(desk: Desk, token: str = "tok_visa") -> str:
    return desk.stripe.v1.payment_methods.create({"type": "card", "card": {"token": token}}).id


def _customer(desk: Desk) -> tuple[str, str]:
    """A customer with a card that their invoices are charged to."""
    v1 = desk.stripe.v1
    customer = v1.customers.create({"email": "reader@example.org"}).id
    method = v1.payment_methods.attach(_method(desk), {"customer": customer}).id
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method}})
    return customer, method


LIVES_BY_API = (
    methods_kept_and_taken_off,
    told_to_several_endpoints,
    sent_to_the_portal,
    billed_by_hand,
)
