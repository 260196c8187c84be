"""What the rest of the project may ask of Stripe."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine, Listed, Page
from donations.gateway.notices import Notice
from donations.gateway.snapshots import CheckoutSessionSnapshot, RefundSnapshot, Snapshot


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
        of the first try; later, look for it by `find_checkout_sessions`.
        """
        ...

    def change_subscription(
        self, stripe_id: str, parameters: Mapping[str, Any], idempotency_key: str
    ) -> None:
        """Change a recurring gift. Key and parameters are ours, written down before the call; the same
        two again have no second effect. What came of it is not in the answer but in a fresh copy."""
        ...

    def end_subscription(self, stripe_id: str, idempotency_key: str) -> None:
        """End a recurring gift at once. NotFoundAtStripe where it has ended."""
        ...

    def pay_invoice(self, stripe_id: str, idempotency_key: str) -> None:
        """Try once more, now, to be paid what is owed. CardDeclined where the bank says no again."""
        ...

    def create_refund(self, parameters: Mapping[str, Any], idempotency_key: str) -> RefundSnapshot:
        """Give a payment back, all of it or a part. Key and parameters are ours, written down before the
        call; the same two again give the first answer again, for as long as Stripe knows the key."""
        ...

    def find_refund(self, payment_intent_id: str, reference: str) -> RefundSnapshot | None:
        """The refund of this payment that carries our `reference`."""
        ...

    def delete_customer(self, stripe_id: str) -> None:
        """Have Stripe forget a person; what they still gave regularly ends at once. Again is no error."""
        ...

    def open_card_page(self, customer_id: str, *, return_url: str, locale: str) -> str:
        """The address of Stripe's page for another card, which leads back to `return_url`."""
        ...

    def find_invoice_page(self, invoice_id: str) -> str | None:
        """The address of Stripe's page for an invoice that is still owed; None once it is not."""
        ...

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        """A fresh copy of one object, whether it is live or not: sync judges that."""
        ...

    def find_checkout_sessions(
        self, references: Collection[str], created_since: datetime
    ) -> Mapping[str, CheckoutSessionSnapshot]:
        """The sessions that carry one of our `references`, among those created since then, in one list."""
        ...

    def list_objects(self, kind: ObjectKind, since: datetime, after: str | None) -> Page[Listed]:
        """One page of a kind, the newest first: sessions, payments, invoices, refunds and disputes created
        since then, subscriptions charged since then. `after` is the cursor of the page before."""
        ...

    def list_events(self, since: datetime, after: str | None) -> Page[Notice]:
        """One page of what Stripe told, or meant to, since then. It forgets after 30 days."""
        ...

    def list_balance(self, since: datetime, after: str | None) -> Page[BalanceLine]:
        """One page of what moved on our balance since then."""
        ...
