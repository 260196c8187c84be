"""Keep a report with its filters under a name, for one member of staff."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from donations.domain.errors import NotFound
from donations.models import SavedView
from donations.models.insert import insert_if_absent
from donations.reports.paging import PAGE_SIZE, Paged, Place

LONGEST_NAME: Final = 100


class NameRefused(ValueError):
    """A view cannot be kept under that name; the message says why, to whoever typed it."""


def save_view(
    session: Session, staff_user_id: int, name: str, report: str, words: str, now: datetime
) -> None:
    """Raises NameRefused for no name, one too long, or one that another view of theirs has."""
    name = " ".join(name.split())
    if not name:
        raise NameRefused("Enter a name for this view.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise NameRefused(f"Enter a name of at most {LONGEST_NAME} letters.")
    values = {
        "staff_user_id": staff_user_id,
        "name": name,
        "report": report,
        "words": words,
        "created_at": now,
    }
    if not insert_if_absent(session, SavedView, values):
        raise NameRefused("You already have a view of that name. Choose another, or delete that one first.")


def list_views(session: Session, staff_user_id: int, page: int) -> Paged[SavedView]:
    """Theirs, by name."""
    theirs = SavedView.staff_user_id == staff_user_id
    number = session.scalar(select(func.count()).select_from(SavedView).where(theirs)) or 0
    place = Place.of(page, number)
    found = session.scalars(
        select(SavedView)
        .where(theirs)
        .order_by(SavedView.name, SavedView.id)
        .limit(PAGE_SIZE)
        .offset(place.offset)
    )
    return Paged(tuple(found), place)


def delete_view(session: Session, staff_user_id: int, view_id: int) -> None:
    """Raises NotFound for one that is not theirs, as for one that is not there."""
    found = session.execute(
        delete(SavedView)
        .where(SavedView.id == view_id, SavedView.staff_user_id == staff_user_id)
        .returning(SavedView.id)
    )
    if found.first() is None:
        raise NotFound("view")
