"""What a gift leaves behind: its checkout, and of a recurring one its row and all that happened to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final, NamedTuple

from donations.domain.changes import ChangeKind
from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.standing import Standing
from donations.domain.written_calls import CallStatus
from donations.gateway import change_parameters
from donations.models.vault import DataKey
from donations.services import checkouts
from donations.services.demo.amounts import Amount
from donations.services.demo.gifts import Failure, RecurringGift, Wish
from donations.services.demo.ledger import Line
from donations.services.demo.moments import DAY, HOUR, MINUTE, Moments, instant
from donations.services.demo.origins import Origins
from donations.services.demo.references import draw_reference
from donations.services.demo.tables import Block

_ANSWERED_AFTER: Final = 2
_RETRIES: Final = (2, 5, 10, 17, 24)
"""Days after a failure."""


class Giver(NamedTuple):
    """Whose rows are written."""

    supporter_id: int
    language: str
    key: DataKey | None
    """None of one who was erased."""


class Attempt(NamedTuple):
    """What a checkout says of the gift, and what became of it."""

    opened_at: int
    frequency: Frequency
    currency: str
    amount: Amount
    place: int | None
    status: CheckoutStatus
    ended_at: int | None
    payment_intent_id: str | None = None
    subscription_id: int | None = None
    first_charge_at: int | None = None
    name: str | None = None
    wants_newsletter: bool = False


@dataclass(frozen=True, slots=True)
class GiftRows:
    """Writes gifts down."""

    moments: Moments
    origins: Origins
    until: int

    def add_checkout(self, block: Block, giver: Giver, attempt: Attempt, random: Random) -> int:
        """The key of the row. Its request is left out, as it is of one whose supporter was erased: no page
        of Stripe's stands behind it."""
        checkout_id = block.take_id("checkout")
        stamp, reference = self.moments.stamp, draw_reference(random)
        place = self.origins.place(attempt.place)
        name, of_gift = None, attempt.subscription_id
        if attempt.name is not None and giver.key is not None:
            name = checkouts.seal_name(giver.key, reference, attempt.name)
        block.rows["checkout"].append((
            checkout_id, reference, giver.supporter_id, attempt.status.value, attempt.frequency.value,
            attempt.currency, attempt.amount.gift, attempt.amount.charge,
            attempt.wants_newsletter and giver.key is not None, name, giver.language,
            f"demo-{reference}", f"key-{reference}", b"", f"cs_demo{checkout_id:020}",
            attempt.payment_intent_id, None if of_gift is None else _stripe_id("sub", of_gift),
            place.campaign or None, place.article or None, place.placement or None, place.variant or None,
            stamp(attempt.opened_at), stamp(attempt.opened_at + HOUR),
            self.moments.stamp_or_none(attempt.first_charge_at), self.moments.stamp_or_none(attempt.ended_at),
        ))  # fmt: skip
        return checkout_id

    def add_subscription(
        self, block: Block, giver: Giver, gift: RecurringGift, ids: tuple[int, int], random: Random
    ) -> None:
        """Under the keys (subscription, checkout)."""
        self._add_subscription(block, giver, gift, ids, kept_beside_at=self._kept_beside_at(gift, random))
        for failure in gift.failures:
            self._add_failure(block, ids[0], failure)
        for wish in gift.wishes:
            self._add_wish(block, ids[0], gift, wish, random)

    def add_movement(self, block: Block, supporter_id: int, subscription_id: int, line: Line) -> None:
        classified, change = line.classified, line.change
        block.rows["movement"].append((
            block.take_id("movement"), supporter_id, subscription_id, classified.kind.value,
            None if classified.cause is None else classified.cause.value,
            None if line.tag is None else line.tag.value, change.gift.currency, line.frequency.value,
            None if line.switched_from is None else line.switched_from.value,
            line.annual_before, classified.annual_amount, classified.supporters, line.supporters_in_currency,
            self.moments.stamp(change.occurred_at), self.moments.day(change.occurred_at),
            self.moments.stamp(change.learnt_at),
        ))  # fmt: skip

    def _add_subscription(
        self,
        block: Block,
        giver: Giver,
        gift: RecurringGift,
        ids: tuple[int, int],
        *,
        kept_beside_at: int | None,
    ) -> None:
        (own_id, checkout_id), moment = ids, self.moments.stamp_or_none
        customer_id, method_id = _stripe_id("cus", own_id), _stripe_id("pm", own_id)
        owed = gift.failing
        recorded_at = self.moments.stamp(gift.agreed_at + 3)
        block.rows["stripe_customer"].append((
            customer_id, giver.supporter_id, None if giver.key is None else method_id, recorded_at
        ))  # fmt: skip
        block.rows["subscription"].append((
            own_id, _stripe_id("sub", own_id), customer_id, giver.supporter_id, checkout_id,
            self.origins.id_of(block, gift.place), gift.standing.value,
            gift.frequency.value, gift.amount, gift.currency, moment(gift.agreed_at),
            moment(gift.first_paid_at), moment(gift.period_ends_at), moment(gift.cancels_at),
            moment(gift.ended_at), gift.end_reason, gift.cancels_at is not None, gift.is_paused,
            moment(gift.resumes_at), _stripe_id("si", own_id), _stripe_id("prod", own_id), method_id,
            None if owed is None else invoice_id(own_id, owed.number),
            None if owed is None else moment(owed.failed_at),
            None if owed is None else moment(self._next_try_at(owed)),
            moment(owed.failed_at) if owed is not None and owed.needed_confirmation else None,
            moment(kept_beside_at), recorded_at,
        ))  # fmt: skip

    def _next_try_at(self, owed: Failure) -> int | None:
        tries = (owed.failed_at + days * DAY for days in _RETRIES)
        return next((at for at in tries if at > self.until), None)

    def _kept_beside_at(self, gift: RecurringGift, random: Random) -> int | None:
        """Of a gift beside another, half say that both are meant."""
        said_at = gift.agreed_at + DAY
        return said_at if gift.is_beside and said_at < self.until and random.random() < 0.5 else None

    def _add_failure(self, block: Block, subscription_id: int, failure: Failure) -> None:
        moment = self.moments.stamp_or_none
        block.rows["payment_failure"].append((
            block.take_id("payment_failure"), invoice_id(subscription_id, failure.number), subscription_id,
            failure.frequency.value, moment(failure.failed_at), self.moments.day(failure.failed_at),
            failure.needed_confirmation, moment(failure.recovered_at), moment(failure.given_up_at),
        ))  # fmt: skip

    def _add_wish(
        self, block: Block, subscription_id: int, gift: RecurringGift, wish: Wish, random: Random
    ) -> None:
        reference, stamp = draw_reference(random), self.moments.stamp
        is_pause = wish.kind in {ChangeKind.PAUSE, ChangeKind.SKIP}
        block.rows["gift_change"].append((
            block.take_id("gift_change"), reference, subscription_id, wish.kind.value,
            CallStatus.ACCEPTED.value, f"demo-{reference}", f"key-{reference}",
            json.dumps(_parameters(subscription_id, gift, wish), sort_keys=True), wish.amount,
            None if wish.frequency is None else wish.frequency.value,
            self.moments.stamp_or_none(wish.until) if is_pause else None,
            None if wish.reason is None else wish.reason.value, 0,
            stamp(wish.at + MINUTE), stamp(wish.at), stamp(wish.at + _ANSWERED_AFTER),
        ))  # fmt: skip


def invoice_id(subscription_id: int, number: int) -> str:
    return f"in_demo{subscription_id:013}{number:07}"


def status_of(gift: RecurringGift) -> tuple[CheckoutStatus, int | None]:
    """What became of the attempt that began a recurring gift, and when."""
    if gift.first_paid_at is not None:
        return CheckoutStatus.PAID, gift.first_paid_at + 5
    if gift.standing is Standing.CANCELED:
        return CheckoutStatus.UNPAID, gift.ended_at
    return CheckoutStatus.PROCESSING, None


def _parameters(subscription_id: int, gift: RecurringGift, wish: Wish) -> Mapping[str, Any]:
    """As the pages ask for it."""
    if wish.amount is not None:
        frequency = wish.frequency or gift.frequency
        wanted = Gift(Money(wish.amount, gift.currency), frequency)
        item, product = _stripe_id("si", subscription_id), _stripe_id("prod", subscription_id)
        if wish.frequency is None or wish.until is None:
            return change_parameters.new_amount(item, product, wanted)
        return change_parameters.new_rhythm(item, product, wanted, instant(wish.until))
    if wish.until is not None:
        return change_parameters.pause_until(instant(wish.until))
    if wish.kind is ChangeKind.UNDO_CANCEL:
        return change_parameters.go_on(was_at_period_end=True)
    return change_parameters.end_with_period()


def _stripe_id(prefix: str, number: int) -> str:
    return f"{prefix}_demo{number:020}"
