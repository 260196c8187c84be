"""Which handler answers what Stripe's tools call outside of the description; see `undescribed.py`."""

from __future__ import annotations

from collections.abc import Mapping

from donations.sandbox.api.handlers import Handler, retrieve
from donations.sandbox.flows import bill_by_hand, payment_page

TOOL_ROUTES: Mapping[tuple[str, str], Handler] = {
    ("POST", "/v1/invoiceitems"): bill_by_hand.create_item,
    ("GET", "/v1/invoiceitems/{invoiceitem}"): retrieve("invoiceitem"),
    ("DELETE", "/v1/invoiceitems/{invoiceitem}"): bill_by_hand.delete_item,
    ("GET", "/v1/payment_pages/{session}"): payment_page.retrieve,
    ("POST", "/v1/payment_pages/{session}/confirm"): payment_page.confirm,
}
