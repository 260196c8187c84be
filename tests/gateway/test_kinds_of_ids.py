"""An id that a person types says by its prefix what it is of."""

from __future__ import annotations

import pytest

from donations.gateway.kinds import ObjectKind, kind_of_id


@pytest.mark.parametrize(
    ("stripe_id", "kind"),
    [
        ("cs_test_a1", ObjectKind.CHECKOUT_SESSION),
        ("pi_1", ObjectKind.PAYMENT_INTENT),
        ("in_1", ObjectKind.INVOICE),
        ("inpay_1", ObjectKind.INVOICE_PAYMENT),
        ("sub_1", ObjectKind.SUBSCRIPTION),
        ("cus_1", ObjectKind.CUSTOMER),
        ("pm_1", ObjectKind.PAYMENT_METHOD),
        ("tax_1", None),
        ("", None),
    ],
)
def test_the_prefix_names_the_kind(stripe_id: str, kind: ObjectKind | None) -> None:
    assert kind_of_id(stripe_id) is kind
