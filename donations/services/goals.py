"""Set goals of campaigns, change them, and close them early.

Two who change the same goal notice: whoever comes second says which version they saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donations.domain.amounts import format_money
from donations.domain.audit import AuditAction
from donations.domain.errors import DonationError, NotFound
from donations.domain.money import Money
from donations.models import Goal
from donations.models.insert import insert_if_absent
from donations.reports.paging import PAGE_SIZE, Paged, Place
from donations.services import audit


@dataclass(frozen=True, slots=True)
class GoalWish:
    """What staff ask for. The days are the first and the last that count."""

    name: str
    campaign: str
    money: Money
    first_on: date
    last_on: date


class NameTaken(DonationError):
    """Another goal has the name."""

    def __init__(self) -> None:
        super().__init__("There is a goal of that name already. Choose another name")


class ChangedMeanwhile(DonationError):
    """Somebody else changed the goal since it was looked at."""

    def __init__(self) -> None:
        super().__init__(
            "This goal was changed by somebody else meanwhile. What you entered stands below; "
            "send it again to put it in the place of theirs."
        )


def add_goal(session: Session, wish: GoalWish, *, by: int | None, now: datetime) -> None:
    """Raises NameTaken."""
    made = {"version": 1, "created_at": now, "created_by": by, "changed_at": now, "changed_by": by}
    if not insert_if_absent(session, Goal, _columns(wish) | made):
        raise NameTaken
    _note(session, AuditAction.SET_GOAL, wish, by, now)


def change_goal(
    session: Session, goal_id: int, version: int, wish: GoalWish, *, by: int | None, now: datetime
) -> None:
    """Raises NotFound, ChangedMeanwhile, NameTaken."""
    goal = _locked(session, goal_id, version)
    try:
        with session.begin_nested():
            for column, value in _columns(wish).items():
                setattr(goal, column, value)
            _changed(goal, by, now)
    except IntegrityError as error:
        # Of what a wish holds, only the name can be in the way.
        raise NameTaken from error
    _note(session, AuditAction.CHANGE_GOAL, wish, by, now)


def close_goal(
    session: Session, goal_id: int, version: int, on: date | None, *, by: int | None, now: datetime
) -> None:
    """Nothing that comes after the day `on` counts; None opens it again. Raises NotFound,
    ChangedMeanwhile."""
    goal = _locked(session, goal_id, version)
    if goal.closed_on != on:
        goal.closed_on = on
        _changed(goal, by, now)
        action = AuditAction.REOPEN_GOAL if on is None else AuditAction.CLOSE_GOAL
        _note(session, action, _wish_of(goal), by, now)


def get_goal(session: Session, goal_id: int) -> Goal:
    """Raises NotFound."""
    goal = session.get(Goal, goal_id)
    if goal is None:
        raise NotFound("goal")
    return goal


def list_goals(session: Session, page: int) -> Paged[Goal]:
    """What ends last stands first."""
    place = Place.of(page, session.scalar(select(func.count()).select_from(Goal)) or 0)
    query = select(Goal).order_by(Goal.last_on.desc(), Goal.id.desc())
    return Paged(tuple(session.scalars(query.limit(PAGE_SIZE).offset(place.offset))), place)


def _locked(session: Session, goal_id: int, version: int) -> Goal:
    goal = session.scalars(select(Goal).where(Goal.id == goal_id).with_for_update()).one_or_none()
    if goal is None:
        raise NotFound("goal")
    if goal.version != version:
        raise ChangedMeanwhile
    return goal


def _changed(goal: Goal, by: int | None, now: datetime) -> None:
    goal.version, goal.changed_at, goal.changed_by = goal.version + 1, now, by


def _note(session: Session, action: AuditAction, wish: GoalWish, by: int | None, now: datetime) -> None:
    """Not its name, which may hold anything: the log is kept for good."""
    details = {
        "campaign": wish.campaign,
        "amount": format_money(wish.money, "en"),
        "from": wish.first_on.isoformat(),
        "to": wish.last_on.isoformat(),
    }
    audit.record(session, action, staff_user_id=by, reason=None, details=details, now=now)


def _wish_of(goal: Goal) -> GoalWish:
    return GoalWish(goal.name, goal.campaign, Money(goal.amount, goal.currency), goal.first_on, goal.last_on)


def _columns(wish: GoalWish) -> dict[str, object]:
    return {
        "name": wish.name,
        "campaign": wish.campaign,
        "currency": wish.money.currency,
        "amount": wish.money.amount,
        "first_on": wish.first_on,
        "last_on": wish.last_on,
    }
