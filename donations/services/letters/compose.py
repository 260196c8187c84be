"""A letter from the outbox, ready to be handed over; or the reason why it is not needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from sqlalchemy.orm import Session

from donations.emails.envelope import Attachment, Envelope, seal
from donations.emails.letterhead import Letterhead
from donations.languages import language_of
from donations.models import Erasure, Supporter
from donations.services import supporters, suppressions
from donations.services.letters import failures, gifts, links, payments, statements
from donations.services.letters.office import NotNeeded, Office, Page
from donations.services.outbox import Letter

_Gather = Callable[[Session, Office, Letter, Letterhead, datetime], Page]

GATHERERS: Final[Mapping[str, _Gather]] = {
    "receipt": payments.paid,
    "refund": payments.refunded,
    "dispute": payments.disputed,
    "payment_failed": failures.failed,
    "card_expiring": failures.card,
    "gift_changed": gifts.changed,
    "gift_paused": gifts.paused,
    "gift_resuming": gifts.resuming,
    "gift_cancelled": gifts.cancelled,
    "gift_ended": gifts.ended,
    "renewal_reminder": gifts.renewal,
    "possible_duplicate": gifts.duplicate,
    "yearly_statement": statements.yearly,
    "manage_link": links.to_manage,
}
"""By kind; `emails.registry` has the same kinds."""

_ASKED_FOR: Final = frozenset({"manage_link"})


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a message needs, read from our rows; not yet drawn."""

    page: Page
    envelope: Envelope

    def draw(self) -> EmailMessage:
        """The whole message, its documents set. No transaction need be open, and none should be."""
        enclosed = tuple(Attachment(each.filename, each.draw()) for each in self.page.enclosures)
        return seal(self.page.write(), self.envelope, enclosed)


def compose(session: Session, office: Office, letter: Letter, now: datetime) -> Draft:
    """What the message is to say. Raises NotNeeded, or SealBroken where the address does not open."""
    supporter = session.get_one(Supporter, letter.supporter_id)
    check_reachable(session, supporter, letter.kind)
    contact = supporters.contact_of(supporter, office.vault)
    page = GATHERERS[letter.kind](session, office, letter, letterhead_of(supporter, office), now)
    envelope = Envelope(office.sender, contact.email, letter.message_id, now)
    return Draft(page, envelope)


def letterhead_of(supporter: Supporter, office: Office) -> Letterhead:
    """For a letter to this supporter. Raises SealBroken."""
    return Letterhead(
        language=language_of(supporter.language),
        sender=office.sender,
        support_email=office.support_email,
        statement_descriptor=office.statement_descriptor,
        public_base_url=office.public_base_url,
        name=supporters.contact_of(supporter, office.vault).name,
        is_neutral=supporter.neutral_subjects_since is not None,
    )


def check_reachable(session: Session, supporter: Supporter, kind: str) -> None:
    """Raises NotNeeded.

    A link that was just asked for is sent even after a complaint: without it nobody could cancel."""
    if session.get(Erasure, supporter.id) is not None:
        raise NotNeeded("the supporter asked to be forgotten")
    silence = suppressions.why_silent(supporter)
    if silence is not None and (kind not in _ASKED_FOR or supporter.erased_at is not None):
        raise NotNeeded(silence)
