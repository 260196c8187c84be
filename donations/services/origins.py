"""Where a gift came from, as one row for each combination that something was given through."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.models import Checkout, Origin
from donations.models.insert import insert_if_absent

_WORDS: Final = ("campaign", "article", "placement", "variant")


def of_checkout(session: Session, checkout: Checkout) -> int | None:
    """The key of the origin of what came of a checkout; None where its link named nothing."""
    return find_or_add(session, **{word: getattr(checkout, word) for word in _WORDS})


def find_or_add(
    session: Session,
    campaign: str | None = None,
    article: str | None = None,
    placement: str | None = None,
    variant: str | None = None,
) -> int | None:
    """The key of the row; None for nothing at all."""
    words = {
        "campaign": campaign or "",
        "article": article or "",
        "placement": placement or "",
        "variant": variant or "",
    }
    if not any(words.values()):
        return None
    by_words = select(Origin.id).filter_by(**words)
    found = session.scalar(by_words)
    if found is None:
        insert_if_absent(session, Origin, dict(words))
        found = session.scalars(by_words).one()
    return found
