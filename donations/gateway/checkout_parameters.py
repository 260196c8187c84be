"""What we ask Stripe for when we open a checkout.

Plain JSON, because it is stored exactly before it is sent: a second try must send the very same.
Stripe gets our random reference and the email address, and nothing else about the reader.
`payment_method_types` stays out: Stripe removed it, and the account's settings decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from donations.domain.gifts import Frequency
from donations.domain.money import Money

_INTERVALS: Final[Mapping[Frequency, str]] = {Frequency.MONTHLY: "month", Frequency.ANNUAL: "year"}

# Of the hosted page, as in Stripe's description of 2026-08-26; `auto` goes by the browser.
# fmt: off
_LOCALES: Final = frozenset({
    "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl",
    "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
})
# fmt: on


def checkout_parameters(
    charge: Money,
    frequency: Frequency,
    *,
    reference: str,
    email: str,
    locale: str,
    product_name: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    first_charge_at: datetime | None = None,
) -> dict[str, Any]:
    """For one session that takes `charge`, once or at every interval of `frequency`.

    `locale` is the page's, as in `en` or `pt_BR`. Stripe wants `expires_at` 30 minutes to 24 hours ahead,
    and `first_charge_at`, of a recurring gift that begins later, at least two days.
    """
    parameters: dict[str, Any] = {
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "locale": stripes_locale(locale),
        "line_items": [{"quantity": 1, "price_data": _price(charge, frequency, product_name)}],
        "customer_email": email,
        "client_reference_id": reference,
        "metadata": {"reference": reference},
        # Converted prices would take another amount, in another currency, than the reader chose here.
        "adaptive_pricing": {"enabled": False},
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    if frequency.is_recurring:
        begins = {} if first_charge_at is None else {"trial_end": int(first_charge_at.timestamp())}
        return parameters | {
            "mode": "subscription",
            "subscription_data": {"metadata": {"reference": reference}, **begins},
        }
    return parameters | {
        "mode": "payment",
        "customer_creation": "if_required",
        "payment_intent_data": {"metadata": {"reference": reference}},
    }


def _price(charge: Money, frequency: Frequency, product_name: str) -> dict[str, Any]:
    price: dict[str, Any] = {
        "currency": charge.currency,
        "unit_amount": charge.amount,
        "product_data": {"name": product_name},
    }
    return price | {"recurring": {"interval": interval_of(frequency)}} if frequency.is_recurring else price


def interval_of(frequency: Frequency) -> str:
    """Stripe's word for the time between two charges."""
    return _INTERVALS[frequency]


def stripes_locale(locale: str) -> str:
    """The nearest that Stripe's pages have."""
    tag = locale.replace("_", "-")
    language = tag.partition("-")[0]
    return next((known for known in (tag, language) if known in _LOCALES), "auto")
