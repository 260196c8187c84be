"""Which handler answers what: one table, in Stripe's own path templates."""

from __future__ import annotations

from collections.abc import Mapping

from donations.sandbox.api.expand import Included
from donations.sandbox.api.handlers import Handler, listing, retrieve
from donations.sandbox.flows import (
    answer_dispute,
    bill_by_hand,
    change_subscription,
    confirm,
    create_subscription,
    give_back,
    intend,
    intend_setup,
    keep_customer,
    keep_method,
    open_session,
    settle_invoice,
    time_travel,
)
from donations.sandbox.objects import (
    account,
    charge,
    checkout_session,
    customer,
    event,
    invoice,
    invoice_payment,
    portal_configuration,
    portal_session,
    price,
    product,
    subscription,
    webhook_endpoint,
)

_SUBSCRIPTION = "/v1/subscriptions/{subscription_exposed_id}"
_TEST_CLOCK = "/v1/test_helpers/test_clocks/{test_clock}"
_ENDPOINT = "/v1/webhook_endpoints/{webhook_endpoint}"

ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "/v1/account"): account.retrieve,
    ("GET", "/v1/balance_transactions"): listing(
        "balance_transaction", "/v1/balance_transactions", "currency", "source", "type"
    ),
    ("GET", "/v1/balance_transactions/{id}"): retrieve("balance_transaction"),
    ("GET", "/v1/billing_portal/configurations"): portal_configuration.list_,
    ("POST", "/v1/billing_portal/configurations"): portal_configuration.create,
    ("GET", "/v1/billing_portal/configurations/{configuration}"): retrieve("billing_portal.configuration"),
    ("POST", "/v1/billing_portal/configurations/{configuration}"): portal_configuration.update,
    ("POST", "/v1/billing_portal/sessions"): portal_session.create,
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
    ("POST", "/v1/disputes/{dispute}"): answer_dispute.update,
    ("POST", "/v1/disputes/{dispute}/close"): answer_dispute.close,
    ("GET", "/v1/events"): event.list_,
    ("GET", "/v1/events/{id}"): event.retrieve,
    ("GET", "/v1/invoice_payments"): invoice_payment.list_,
    ("GET", "/v1/invoice_payments/{invoice_payment}"): retrieve("invoice_payment"),
    ("GET", "/v1/invoices"): invoice.list_,
    ("POST", "/v1/invoices"): bill_by_hand.create,
    ("GET", "/v1/invoices/{invoice}"): retrieve("invoice"),
    ("POST", "/v1/invoices/{invoice}"): bill_by_hand.update,
    ("DELETE", "/v1/invoices/{invoice}"): bill_by_hand.delete,
    ("GET", "/v1/invoices/{invoice}/lines"): bill_by_hand.list_lines,
    ("POST", "/v1/invoices/{invoice}/finalize"): settle_invoice.finalize,
    ("POST", "/v1/invoices/{invoice}/mark_uncollectible"): settle_invoice.mark_uncollectible,
    ("POST", "/v1/invoices/{invoice}/pay"): settle_invoice.pay,
    ("POST", "/v1/invoices/{invoice}/void"): settle_invoice.void,
    ("GET", "/v1/payment_intents"): listing("payment_intent", "/v1/payment_intents", "customer"),
    ("POST", "/v1/payment_intents"): intend.create,
    ("GET", "/v1/payment_intents/{intent}"): retrieve("payment_intent"),
    ("POST", "/v1/payment_intents/{intent}"): intend.update,
    ("POST", "/v1/payment_intents/{intent}/cancel"): intend.cancel,
    ("POST", "/v1/payment_intents/{intent}/capture"): confirm.capture,
    ("POST", "/v1/payment_intents/{intent}/confirm"): intend.confirm,
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
    ("GET", "/v1/radar/early_fraud_warnings"): listing(
        "radar.early_fraud_warning", "/v1/radar/early_fraud_warnings", "charge", "payment_intent"
    ),
    ("GET", "/v1/radar/early_fraud_warnings/{early_fraud_warning}"): retrieve("radar.early_fraud_warning"),
    ("GET", "/v1/refunds"): listing("refund", "/v1/refunds", "charge", "payment_intent"),
    ("POST", "/v1/refunds"): give_back.create,
    ("GET", "/v1/refunds/{refund}"): retrieve("refund"),
    ("POST", "/v1/refunds/{refund}"): give_back.update,
    ("GET", "/v1/setup_intents"): listing("setup_intent", "/v1/setup_intents", "customer", "payment_method"),
    ("POST", "/v1/setup_intents"): intend_setup.create,
    ("GET", "/v1/setup_intents/{intent}"): retrieve("setup_intent"),
    ("POST", "/v1/setup_intents/{intent}"): intend_setup.update,
    ("POST", "/v1/setup_intents/{intent}/cancel"): intend_setup.cancel,
    ("POST", "/v1/setup_intents/{intent}/confirm"): intend_setup.confirm,
    ("GET", "/v1/subscriptions"): subscription.list_,
    ("POST", "/v1/subscriptions"): create_subscription.create,
    ("GET", _SUBSCRIPTION): retrieve("subscription"),
    ("POST", _SUBSCRIPTION): change_subscription.update,
    ("DELETE", _SUBSCRIPTION): change_subscription.cancel,
    ("POST", "/v1/subscriptions/{subscription}/resume"): change_subscription.resume,
    ("GET", "/v1/test_helpers/test_clocks"): listing(
        "test_helpers.test_clock", "/v1/test_helpers/test_clocks"
    ),
    ("POST", "/v1/test_helpers/test_clocks"): time_travel.create,
    ("GET", _TEST_CLOCK): retrieve("test_helpers.test_clock"),
    ("DELETE", _TEST_CLOCK): time_travel.delete,
    ("POST", _TEST_CLOCK + "/advance"): time_travel.advance,
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
