"""The short ways from a letter to Stripe's pages for one gift: another card, a payment to confirm.

A token names a subscription and nothing else, opens nothing of ours, and lasts longer than a link that
logs in, because a letter about a card is read days later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from donations.services.throttles import Limit

LASTS: Final = timedelta(days=30)
CALL_LIMIT: Final = Limit("manage_short_way/network", 20, timedelta(minutes=15))
"""Each use is a call to Stripe."""
_SALT: Final = "gift_tokens"


class ShortWay(StrEnum):
    """Each has a signature of its own. The values stand in addresses: `/manage/<value>/<token>`."""

    CARD = "card"
    CONFIRM = "confirm"


def sign(secret: str, way: ShortWay, subscription_id: int, now: datetime) -> str:
    """The token for a letter that is written now."""
    return _serializer(secret, way).dumps([subscription_id, int(now.timestamp())])


def read(secret: str, way: ShortWay, token: str, now: datetime) -> int | None:
    """The subscription's id; None for what we did not sign for this way in the last 30 days."""
    try:
        signed: object = _serializer(secret, way).loads(token)
    except BadData:
        return None
    match signed:
        case [int(subscription_id), int(signed_at)]:
            age = now.timestamp() - signed_at
            return subscription_id if 0 <= age <= LASTS.total_seconds() else None
        case _:
            return None


def _serializer(secret: str, way: ShortWay) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=f"{_SALT}/{way.value}")
