"""Every kind of letter: its name for staff, when it is sent, and samples of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from donations.emails import (
    card_expiring,
    dispute,
    gift_cancelled,
    gift_changed,
    gift_ended,
    gift_paused,
    gift_resuming,
    manage_link,
    payment_failed,
    possible_duplicate,
    receipt,
    refund,
    renewal_reminder,
    samples,
    yearly_statement,
)
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written

Content = TypeVar("Content")
Write = Callable[[Letterhead], Written]


@dataclass(frozen=True, slots=True)
class Kind:
    """`slug` is the module, the template and what the outbox calls it."""

    slug: str
    name: str
    when: str
    samples: Mapping[str, Write]
    """By variant, in the order in which they are shown."""


def _kind(
    slug: str,
    name: str,
    when: str,
    write: Callable[[Content, Letterhead], Written],
    contents: Mapping[str, Content],
) -> Kind:
    writers = {variant: partial(write, content) for variant, content in contents.items()}
    return Kind(slug, name, when, writers)


_ALL: Final = (
    _kind(
        "receipt",
        "Receipt",
        "For every charge",
        receipt.write,
        samples.RECEIPTS,
    ),
    _kind(
        "renewal_reminder",
        "Annual renewal",
        "15 days before an annual gift is charged again",
        renewal_reminder.write,
        samples.RENEWAL_REMINDERS,
    ),
    _kind(
        "card_expiring",
        "Card expiring",
        "30 and 7 days before the card of a recurring gift expires",
        card_expiring.write,
        samples.CARDS_EXPIRING,
    ),
    _kind(
        "payment_failed",
        "Payment failed",
        "On days 0, 5 and 12, unless it has recovered or another gift is active",
        payment_failed.write,
        samples.FAILED_PAYMENTS,
    ),
    _kind(
        "gift_ended",
        "Gift ended",
        "When all tries to collect a charge were in vain, or after a dispute",
        gift_ended.write,
        samples.ENDED_GIFTS,
    ),
    _kind(
        "gift_changed",
        "Gift changed",
        "When amount or frequency were changed, or a cancellation taken back",
        gift_changed.write,
        samples.CHANGED_GIFTS,
    ),
    _kind(
        "gift_paused",
        "Gift paused",
        "When a gift is paused, or its next payment skipped",
        gift_paused.write,
        samples.PAUSED_GIFTS,
    ),
    _kind(
        "gift_resuming",
        "Gift resuming",
        "5 days before a paused gift is charged again",
        gift_resuming.write,
        samples.RESUMING_GIFTS,
    ),
    _kind(
        "gift_cancelled",
        "Gift cancelled",
        "When a supporter has cancelled",
        gift_cancelled.write,
        samples.CANCELLED_GIFTS,
    ),
    _kind(
        "possible_duplicate",
        "Possible duplicate",
        "When somebody who gives regularly begins a second gift",
        possible_duplicate.write,
        samples.DUPLICATES,
    ),
    _kind(
        "refund",
        "Refund",
        "When all of a payment or a part of it goes back",
        refund.write,
        samples.REFUNDS,
    ),
    _kind(
        "dispute",
        "Dispute",
        "When a bank questions a payment",
        dispute.write,
        samples.DISPUTES,
    ),
    _kind(
        "yearly_statement",
        "Yearly statement",
        "In January, for the year before",
        yearly_statement.write,
        samples.STATEMENTS,
    ),
    _kind(
        "manage_link",
        "Link to log in",
        "When it is asked for on the manage page",
        manage_link.write,
        samples.LINKS,
    ),
)
KINDS: Final[Mapping[str, Kind]] = {kind.slug: kind for kind in _ALL}
LETTER_NAMES: Final[Mapping[str, str]] = {kind.slug: kind.name for kind in _ALL}
