"""Goals of campaigns: the list, the form to set and change one, and closing one early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.currencies import all_currencies
from donations.domain.goals import GoalState
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Goal
from donations.models.database import reading, writing
from donations.reports.filters import Filter
from donations.reports.goal_figures import window_of
from donations.reports.goals import STATE_NAMES
from donations.reports.origin_names import known_origins
from donations.reports.paging import page_number
from donations.runtime import current
from donations.services import goals as service
from donations.services.goals import ChangedMeanwhile, GoalWish, NameTaken
from donations.web.policy import route_policy
from donations.web.staff.gate import get_member
from donations.web.staff.goal_form import LONGEST_NAME, GoalForm, version_in, wish_in
from donations.web.staff.permissions import Permission, needs
from donations.web.staff.typed_fields import LONGEST_CAMPAIGN

_OPEN_AGAIN: Final = "open"


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """What ends last stands first."""
    with reading() as session:
        page = service.list_goals(session, page_number(request.args.get("page")))
    return render_template(
        "staff/goals.html",
        goals=[(goal, STATE_NAMES[_state(goal)], Money(goal.amount, goal.currency)) for goal in page.items],
        place=page.place,
    )


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def new() -> str:
    return _form_page(GoalForm(formdata=None), None)


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def add() -> AnyResponse:
    form = GoalForm()
    return _answer(
        form,
        None,
        lambda session, wish: service.add_goal(session, wish, by=get_member().id, now=current().now()),
    )


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(goal_id: int) -> str:
    """As it stands, to be changed or closed."""
    goal, form = _goal(goal_id), GoalForm(formdata=None)
    form.show(goal)
    return _form_page(form, goal)


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def change(goal_id: int) -> AnyResponse:
    form, goal = GoalForm(), _goal(goal_id)
    return _answer(
        form,
        goal,
        lambda session, wish: service.change_goal(
            session, goal_id, version_in(form), wish, by=get_member().id, now=current().now()
        ),
    )


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def close(goal_id: int) -> AnyResponse:
    """With today as its last day; or open again what was closed, as the button says."""
    form = GoalForm()
    on = None if request.form.get("step") == _OPEN_AGAIN else _today()
    try:
        with writing() as session:
            service.close_goal(
                session, goal_id, version_in(form), on, by=get_member().id, now=current().now()
            )
    except ChangedMeanwhile:
        goal, form = _goal(goal_id), GoalForm(formdata=None)
        form.show(goal)
        problem = "This goal was changed by somebody else meanwhile. It stands below as it is now."
        return make_response(_form_page(form, goal, problem), HTTPStatus.CONFLICT)
    return redirect(url_for("staff.goals"), HTTPStatus.SEE_OTHER)


def _answer(form: GoalForm, goal: Goal | None, act: Callable[[Session, GoalWish], None]) -> AnyResponse:
    wish = wish_in(form)
    if wish is None:
        return make_response(_form_page(form, goal), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with writing() as session:
            act(session, wish)
    except NameTaken as error:
        form.name.errors = [str(error)]
        return make_response(_form_page(form, goal), HTTPStatus.UNPROCESSABLE_ENTITY)
    except ChangedMeanwhile as error:
        assert goal is not None
        latest = _goal(goal.id)
        form.version.data = str(latest.version)
        return make_response(_form_page(form, latest, str(error)), HTTPStatus.CONFLICT)
    return redirect(url_for("staff.goals"), HTTPStatus.SEE_OTHER)


def _form_page(form: GoalForm, goal: Goal | None, problem: str | None = None) -> str:
    offered = current().offers.currencies
    rest = (code for code in all_currencies() if code not in offered)
    with reading() as session:
        campaigns = known_origins(session)[Filter.CAMPAIGN]
    return render_template(
        "staff/goal.html",
        form=form,
        goal=goal,
        is_closed=goal is not None and _state(goal) is GoalState.CLOSED,
        problem=problem,
        currencies=[(code, code.upper()) for code in (*offered, *rest)],
        campaigns=campaigns,
        longest_name=LONGEST_NAME,
        longest_campaign=LONGEST_CAMPAIGN,
    )


def _goal(goal_id: int) -> Goal:
    with reading() as session:
        return service.get_goal(session, goal_id)


def _state(goal: Goal) -> GoalState:
    return window_of(goal).state(_today())


def _today() -> date:
    return local_day(current().now(), current().config.report_timezone)
