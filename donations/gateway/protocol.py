"""What the rest of the project may ask of Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot, Snapshot


class Gateway(Protocol):
    """Every method calls out: CallInTransaction if a database transaction is open.

    All raise StripeUnavailable (RateLimited) where trying again may help, StripeRefused or one of
    its kinds where it will not, and UnexpectedAnswer for an object in a shape that we don't know.
    """

    def create_checkout_session(
        self, parameters: Mapping[str, Any], idempotency_key: str
    ) -> CheckoutSessionSnapshot:
        """Open a session. Key and parameters are ours, written down before the call.

        The same two again give the first answer again, so this may be repeated within 25 minutes
        of the first try; later, look for the session by `find_checkout_session`.
        """
        ...

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        """A fresh copy of one object, whether it is live or not: sync judges that."""
        ...

    def find_checkout_session(
        self, reference: str, created_since: datetime
    ) -> CheckoutSessionSnapshot | None:
        """The session that carries our `reference`, among those created since then."""
        ...
