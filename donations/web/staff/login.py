"""Log in, log out."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Response, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.errors import InvalidEmail
from donations.models.database import writing
from donations.reports.words import counted
from donations.runtime import current
from donations.services import staff_logins
from donations.services.staff_logins import Attempt, Refused
from donations.web.policy import route_policy
from donations.web.staff.forms import LoginForm
from donations.web.staff.gate import LOGIN, find_member, safe_next
from donations.web.staff.permissions import Permission, needs

_WRONG: Final = "The email address or the password is not right"
_MISSING: Final = "Enter your password"


@needs(Permission.NOTHING)
@route_policy(audience="staff", csrf="session", cache="no-store")
def show() -> AnyResponse:
    """The form; whoever is logged in goes on to where they wanted."""
    if find_member() is not None:
        return redirect(_onward(), 303)
    return _page(LoginForm(), HTTPStatus.OK)


@needs(Permission.NOTHING)
@route_policy(audience="staff", csrf="session", cache="no-store")
def send() -> AnyResponse:
    """Three steps, so that no transaction is open while the password is compared."""
    form, now = LoginForm(), current().now()
    password = form.password.data or ""
    if not password:
        form.password.errors = [_MISSING]
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with writing() as rows:
            attempt = staff_logins.begin(
                rows, current().config.secret_key, form.email.data or "", request.remote_addr or "", now
            )
    except InvalidEmail as error:
        form.email.errors = [str(error)]
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if isinstance(attempt, Refused):
        return _refuse(form, attempt.until, now)
    token = _proven_token(attempt, password, now)
    if token is None:
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY, _WRONG)
    return _let_in(token)


@needs(Permission.NOTHING)
@route_policy(audience="staff", csrf="session", cache="no-store")
def leave() -> AnyResponse:
    """Log out. Logging out twice is no error."""
    token = LOGIN.read()
    if token is not None:
        with writing() as rows:
            staff_logins.log_out(rows, token, current().now())
    session.clear()
    response = make_response(redirect(url_for("staff.login"), 303))
    LOGIN.delete(response)
    return response


def _proven_token(attempt: Attempt, password: str, now: datetime) -> str | None:
    if not attempt.is_proven(password):
        return None
    with writing() as rows:
        return staff_logins.finish(rows, attempt, password, LOGIN.read(), now)


def _let_in(token: str) -> Response:
    # What guarded the forms before the login must not guard those after it.
    session.clear()
    response = make_response(redirect(_onward(), 303))
    LOGIN.set(response, token)
    return response


def too_many_tries(until: datetime, now: datetime) -> tuple[str, int]:
    """What to say, and how many seconds are to be waited."""
    seconds = max(1, int((until - now).total_seconds()))
    minutes = -(-seconds // 60)
    return f"Too many attempts to log in. Please wait {counted(minutes, 'minute')}, then try again", seconds


def _refuse(form: LoginForm, until: datetime, now: datetime) -> Response:
    sentence, seconds = too_many_tries(until, now)
    response = _page(form, HTTPStatus.TOO_MANY_REQUESTS, sentence)
    response.headers["Retry-After"] = str(seconds)
    return response


def _onward() -> str:
    return safe_next(request.values.get("next")) or url_for("staff.overview")


def _page(form: LoginForm, status: HTTPStatus, problem: str | None = None) -> Response:
    page = render_template(
        "staff/login.html", form=form, problem=problem, next=safe_next(request.values.get("next"))
    )
    return make_response(page, status)
