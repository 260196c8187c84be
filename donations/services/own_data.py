"""A supporter's choices of how letters are written, and their wish to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from donations.languages import Language, language_of
from donations.models import Supporter
from donations.models.vault import Vault
from donations.services import erasures, reader_sessions, supporters


@dataclass(frozen=True, slots=True)
class OwnChoices:
    """How letters are written to a supporter."""

    email: str
    name: str | None
    language: Language
    is_neutral: bool
    wants_newsletter: bool


def choices_of(session: Session, vault: Vault, supporter_id: int) -> OwnChoices:
    """Raises SealBroken."""
    row = session.get_one(Supporter, supporter_id)
    contact = supporters.contact_of(row, vault)
    return OwnChoices(
        email=contact.email,
        name=contact.name,
        language=language_of(row.language),
        is_neutral=row.neutral_subjects_since is not None,
        wants_newsletter=row.wants_newsletter,
    )


def choose(
    session: Session,
    supporter_id: int,
    now: datetime,
    *,
    language: Language,
    is_neutral: bool,
    wants_newsletter: bool,
) -> None:
    """Write letters so from now on."""
    row = session.get_one(Supporter, supporter_id, with_for_update=True)
    row.language = language.value
    row.wants_newsletter = wants_newsletter
    if not is_neutral:
        row.neutral_subjects_since = None
    elif row.neutral_subjects_since is None:
        row.neutral_subjects_since = now


def ask_erasure(session: Session, supporter_id: int, now: datetime) -> None:
    """Write the wish down, and end every login. Asking again changes nothing."""
    erasures.ask(session, session.get_one(Supporter, supporter_id), now)
    reader_sessions.log_out_everywhere(session, supporter_id)
