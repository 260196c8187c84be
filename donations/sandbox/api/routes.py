"""Which handler answers what: one table, in Stripe's own path templates."""

from __future__ import annotations

from collections.abc import Mapping

from donations.sandbox.api.expand import Included
from donations.sandbox.api.handlers import Handler, listing, retrieve
from donations.sandbox.flows import change_subscription, keep_customer, keep_method, open_session
from donations.sandbox.objects import (
    account,
    charge,
    checkout_session,
    customer,
    event,
    invoice,
    invoice_payment,
    price,
    product,
    refund,
    subscription,
    webhook_endpoint,
)

_SUBSCRIPTION = "/v1/subscriptions/{subscription_exposed_id}"
_ENDPOINT = "/v1/webhook_endpoints/{webhook_endpoint}"

ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "/v1/account"): account.retrieve,
    ("GET", "/v1/balance_transactions"): listing(
        "balance_transaction", "/v1/balance_transactions", "currency", "source", "type"
    ),
    ("GET", "/v1/balance_transactions/{id}"): retrieve("balance_transaction"),
    ("GET", "/v1/charges"): listing("charge", "/v1/charges", "customer", "payment_intent"),
    ("GET", "/v1/charges/{charge}"): retrieve("charge"),
    ("GET", "/v1/checkout/sessions"): checkout_session.list_,
    ("POST", "/v1/checkout/sessions"): open_session.create,
    ("GET", "/v1/checkout/sessions/{session}"): checkout_session.retrieve,
    ("POST", "/v1/checkout/sessions/{session}"): checkout_session.update,
    ("POST", "/v1/checkout/sessions/{session}/expire"): checkout_session.expire,
    ("GET", "/v1/checkout/sessions/{session}/line_items"): checkout_session.list_lines,
    ("GET", "/v1/customers"): listing("customer", "/v1/customers", "email", "test_clock"),
    ("POST", "/v1/customers"): keep_customer.create,
    ("GET", "/v1/customers/{customer}"): customer.retrieve,
    ("POST", "/v1/customers/{customer}"): keep_customer.update,
    ("DELETE", "/v1/customers/{customer}"): keep_customer.delete,
    ("GET", "/v1/customers/{customer}/payment_methods"): keep_method.list_of_customer,
    ("GET", "/v1/customers/{customer}/payment_methods/{payment_method}"): keep_method.retrieve_of_customer,
    ("GET", "/v1/disputes"): listing("dispute", "/v1/disputes", "charge", "payment_intent"),
    ("GET", "/v1/disputes/{dispute}"): retrieve("dispute"),
    ("GET", "/v1/events"): event.list_,
    ("GET", "/v1/events/{id}"): event.retrieve,
    ("GET", "/v1/invoice_payments"): invoice_payment.list_,
    ("GET", "/v1/invoice_payments/{invoice_payment}"): retrieve("invoice_payment"),
    ("GET", "/v1/invoices"): invoice.list_,
    ("GET", "/v1/invoices/{invoice}"): retrieve("invoice"),
    ("GET", "/v1/payment_intents"): listing("payment_intent", "/v1/payment_intents", "customer"),
    ("GET", "/v1/payment_intents/{intent}"): retrieve("payment_intent"),
    ("GET", "/v1/payment_methods"): keep_method.list_,
    ("POST", "/v1/payment_methods"): keep_method.create,
    ("GET", "/v1/payment_methods/{payment_method}"): keep_method.retrieve,
    ("POST", "/v1/payment_methods/{payment_method}"): keep_method.update,
    ("POST", "/v1/payment_methods/{payment_method}/attach"): keep_method.attach,
    ("POST", "/v1/payment_methods/{payment_method}/detach"): keep_method.detach,
    ("GET", "/v1/prices"): listing("price", "/v1/prices", "active", "currency", "product", "type"),
    ("POST", "/v1/prices"): price.create,
    ("GET", "/v1/prices/{price}"): retrieve("price"),
    ("POST", "/v1/prices/{price}"): price.update,
    ("GET", "/v1/products"): listing("product", "/v1/products", "active", "url"),
    ("POST", "/v1/products"): product.create,
    ("GET", "/v1/products/{id}"): retrieve("product"),
    ("POST", "/v1/products/{id}"): product.update,
    ("DELETE", "/v1/products/{id}"): product.delete,
    ("GET", "/v1/refunds"): listing("refund", "/v1/refunds", "charge", "payment_intent"),
    ("POST", "/v1/refunds"): refund.create,
    ("GET", "/v1/refunds/{refund}"): retrieve("refund"),
    ("POST", "/v1/refunds/{refund}"): refund.update,
    ("GET", "/v1/subscriptions"): subscription.list_,
    ("GET", _SUBSCRIPTION): retrieve("subscription"),
    ("POST", _SUBSCRIPTION): change_subscription.update,
    ("DELETE", _SUBSCRIPTION): change_subscription.cancel,
    ("GET", "/v1/webhook_endpoints"): listing("webhook_endpoint", "/v1/webhook_endpoints"),
    ("POST", "/v1/webhook_endpoints"): webhook_endpoint.create,
    ("GET", _ENDPOINT): webhook_endpoint.retrieve,
    ("POST", _ENDPOINT): webhook_endpoint.update,
    ("DELETE", _ENDPOINT): webhook_endpoint.delete,
}

INCLUDED: Mapping[tuple[str, str], Included] = {
    ("charge", "refunds"): charge.refunds_of,
    ("checkout.session", "line_items"): checkout_session.lines_of,
    ("invoice", "payments"): invoice_payment.of_invoice,
}
"""Fields that an object has only when `expand[]` asks for them."""
