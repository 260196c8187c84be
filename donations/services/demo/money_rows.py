"""What one charge leaves behind: its donation, and what was taken back of it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from donations.domain.adjustments import AdjustmentKind
from donations.domain.disputes import DisputeStatus
from donations.domain.gifts import Frequency
from donations.domain.offline import OfflineMethod
from donations.domain.refunds import RefundStatus
from donations.models import DonationSource
from donations.services.demo.moments import DAY, HOUR, Moments
from donations.services.demo.settlements import Settlements, whole
from donations.services.demo.tables import Block

_REFUNDED: Final = 0.006
_DISPUTED: Final = 0.0008
_PENDING: Final = 2 * DAY
"""The newest fees are not known yet."""
_UNKNOWN: Final = (None, None, None, None)
_LATE: Final = 36 * HOUR
_REFUND_REASONS: Final = ("requested_by_customer", "requested_by_customer", "duplicate", None)
_METHODS: Final = tuple(each.value for each in OfflineMethod)
_DISPUTE_REASONS: Final = ("fraudulent", "fraudulent", "unrecognized", "duplicate", "product_not_received")


class Paid(NamedTuple):
    """A charge that succeeded, and all that it belongs to."""

    at: int
    amount: int
    currency: str
    frequency: Frequency
    card: int
    supporter_id: int
    checkout_id: int | None
    subscription_id: int | None
    origin_id: int | None
    invoice_id: str | None
    is_offline: bool = False
    disputed_at: int | None = None
    """Where that is settled already; others may be contested by chance."""


class Told(NamedTuple):
    """Of a refund or dispute: what it takes from which donation."""

    donation_id: int
    kind: AdjustmentKind
    stripe_id: str
    currency: str


def payment_intent_id(donation_id: int) -> str:
    return f"pi_demo{donation_id:020}"


@dataclass(frozen=True, slots=True)
class MoneyRows:
    """Writes donations down as of `until`."""

    moments: Moments
    settlements: Settlements
    until: int

    def add(self, block: Block, paid: Paid, random: Random) -> int:
        """The key of the donation."""
        donation_id = block.take_id("donation")
        chance = random.random()
        recorded_at = paid.at + 2 + int(chance * 30)
        if paid.is_offline:
            self._add_offline(block, donation_id, paid, random)
            return donation_id
        refunded = 0
        disputed_at = paid.disputed_at
        if disputed_at is None and chance < _DISPUTED:
            disputed_at = paid.at + 3 * DAY + int(random.random() * 55 * DAY)
        if disputed_at is not None:
            if disputed_at < self.until - HOUR:
                self._add_dispute(block, donation_id, paid, disputed_at, random)
        elif chance > 1 - _REFUNDED:
            refunded = self._add_refund(block, donation_id, paid, random)
        self._add_stripes(block, donation_id, paid, refunded, recorded_at, random)
        return donation_id

    def _add_stripes(
        self, block: Block, donation_id: int, paid: Paid, refunded: int, recorded_at: int, random: Random
    ) -> None:
        recorded = self.moments.stamp(recorded_at)
        settled = self.settlements.of(paid.amount, paid.currency, paid.card, paid.at)
        known_at = self._known_at(paid.at, recorded_at, random)
        block.rows["donation"].append((
            donation_id, paid.supporter_id, paid.checkout_id, paid.subscription_id, paid.origin_id,
            "stripe", paid.frequency.value, paid.amount, paid.currency, refunded, None, None,
            payment_intent_id(donation_id), f"ch_demo{donation_id:020}", paid.invoice_id,
            *(_UNKNOWN if known_at is None else settled),
            recorded if known_at == recorded_at else self.moments.stamp_or_none(known_at),
            self.moments.stamp(paid.at), self.moments.day(paid.at), recorded,
        ))  # fmt: skip

    def _add_offline(self, block: Block, donation_id: int, paid: Paid, random: Random) -> None:
        """Staff enter it some days later, as of noon of its day: nothing is taken for it, and that is known
        at once."""
        entered_at = min(self.until, paid.at + int(random.random() * 5 * DAY))
        entered = self.moments.stamp(entered_at)
        charged_at = min(self.moments.noon(paid.at), entered_at)
        block.rows["donation"].append((
            donation_id, paid.supporter_id, None, None, paid.origin_id,
            DonationSource.OFFLINE.value, paid.frequency.value, paid.amount, paid.currency, 0,
            random.choice(_METHODS), f"demo-{donation_id}", None, None, None,
            *whole(paid.amount, paid.currency, 0), entered,
            self.moments.stamp(charged_at), self.moments.day(charged_at), entered,
        ))  # fmt: skip

    def _known_at(self, at: int, recorded_at: int, random: Random) -> int | None:
        """Mostly with the charge; None while it is not."""
        chance = random.random()
        if at > self.until - _PENDING and chance > 0.4:
            return None
        known_at = recorded_at if chance < 0.9 else recorded_at + int((chance - 0.9) * 10 * _LATE)
        return known_at if known_at <= self.until else None

    def _add_refund(self, block: Block, donation_id: int, paid: Paid, random: Random) -> int:
        """How much of the donation counts as refunded."""
        refunded_at = paid.at + HOUR + int(random.random() ** 2 * 75 * DAY)
        if refunded_at > self.until - HOUR:
            return 0
        amount = paid.amount if random.random() < 0.75 or paid.amount < 2 else paid.amount // 2
        refund_id = block.take_id("refund")
        told = Told(donation_id, AdjustmentKind.REFUND, f"re_demo{refund_id:020}", paid.currency)
        recorded_at = refunded_at + 4 + int(random.random() * 60)
        status = self._fate(block, told, amount, refunded_at, recorded_at, random)
        block.rows["refund"].append((
            refund_id, told.stripe_id, donation_id, amount, paid.currency, status.value,
            random.choice(_REFUND_REASONS), self.moments.stamp(refunded_at), self.moments.day(refunded_at),
            self.moments.stamp(recorded_at),
        ))  # fmt: skip
        return amount if status is RefundStatus.SUCCEEDED else 0

    def _fate(
        self, block: Block, told: Told, amount: int, refunded_at: int, recorded_at: int, random: Random
    ) -> RefundStatus:
        """Nearly all succeed; of these some come back days later, when the account was closed."""
        chance = random.random()
        if chance < 0.05:
            return RefundStatus.FAILED
        if chance < 0.5 and refunded_at > self.until - 3 * DAY:
            return RefundStatus.PENDING
        self._adjust(block, told, amount, refunded_at, recorded_at)
        failed_at = recorded_at + 3 * DAY + int(random.random() * 8 * DAY)
        if chance < 0.12 and failed_at < self.until:
            self._adjust(block, told, -amount, failed_at, failed_at)
            return RefundStatus.FAILED
        return RefundStatus.SUCCEEDED

    def _add_dispute(
        self, block: Block, donation_id: int, paid: Paid, opened_at: int, random: Random
    ) -> None:
        dispute_id = block.take_id("dispute")
        told = Told(donation_id, AdjustmentKind.DISPUTE, f"du_demo{dispute_id:020}", paid.currency)
        status = self._verdict(opened_at, random)
        if status is DisputeStatus.LOST:
            learnt_at = min(self.until, opened_at + 30 * DAY + int(random.random() * 30 * DAY))
            self._adjust(block, told, paid.amount, opened_at, learnt_at)
        block.rows["dispute"].append((
            dispute_id, told.stripe_id, donation_id, paid.amount, paid.currency, status.value,
            random.choice(_DISPUTE_REASONS), self.moments.stamp(opened_at), self.moments.day(opened_at),
            self.moments.stamp(opened_at + 20),
        ))  # fmt: skip

    def _verdict(self, opened_at: int, random: Random) -> DisputeStatus:
        """Banks take some weeks."""
        age = self.until - opened_at
        if age < 9 * DAY:
            return DisputeStatus.NEEDS_RESPONSE
        if age < 40 * DAY:
            return DisputeStatus.UNDER_REVIEW
        return DisputeStatus.LOST if random.random() < 0.55 else DisputeStatus.WON

    def _adjust(self, block: Block, told: Told, amount: int, occurred_at: int, recorded_at: int) -> None:
        block.rows["adjustment"].append((
            block.take_id("adjustment"), told.donation_id, told.kind.value, told.stripe_id, amount,
            told.currency, self.moments.stamp(occurred_at), self.moments.day(occurred_at),
            self.moments.stamp(recorded_at),
        ))  # fmt: skip
