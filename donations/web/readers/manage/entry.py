"""The way in: an address is asked for, and answered in one way whether we know it or not."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Response, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from donations.domain.errors import InvalidEmail
from donations.domain.manage_pages import find_manage_page
from donations.domain.supporters import normalize_email
from donations.languages import language_of
from donations.models.database import writing
from donations.runtime import current
from donations.services import link_requests
from donations.services.link_requests import Asker
from donations.web.filters import page_locale
from donations.web.language import said
from donations.web.policy import route_policy
from donations.web.readers.manage import home
from donations.web.readers.manage.forms import NONCE, AskForm, blame, text
from donations.web.readers.manage.gate import find_reader, for_all
from donations.web.readers.own_pages import is_from_elsewhere


@for_all
@route_policy(audience="reader", csrf="none", cache="no-store")
def show() -> ResponseReturnValue:
    """The gifts of whoever is logged in, or the page they wanted; the form for all others."""
    wanted = find_manage_page(request.args.get("then"))
    reader = find_reader()
    if reader is None:
        return form_page(AskForm(formdata=None, then=wanted), HTTPStatus.OK)
    if wanted is not None:
        return redirect(home.address_of(wanted, reader), 303)
    return home.page(reader)


@for_all
@route_policy(audience="reader", csrf="nonce", cache="no-store")
def ask() -> ResponseReturnValue:
    """Write down that a link is wanted. What follows is the worker's."""
    running = current()
    if is_from_elsewhere(request, running.config.public_base_url):
        abort(403)
    form, now = AskForm(), running.now()
    email = _email(form)
    if email is None:
        return form_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    with writing() as session:
        refused = link_requests.ask(
            session,
            running.vault,
            running.config.secret_key,
            Asker(email, request.remote_addr or ""),
            now,
            language=language_of(page_locale()),
            wanted=find_manage_page(text(form, "then")),
        )
    if refused is not None:
        return too_many(refused.until, now)
    running.wake()
    return make_response(render_template("readers/manage/asked.html", email=email))


def form_page(form: AskForm, status: HTTPStatus, template: str = "readers/manage/ask.html") -> Response:
    """A page with the form for a link."""
    problems = [
        (name if name == "email" else "", str(form[name].errors[0]))
        for name in (NONCE, "email")
        if form[name].errors
    ]
    return make_response(render_template(template, form=form, problems=problems), status)


def too_many(until: datetime, now: datetime) -> Response:
    """No more from this network for now."""
    seconds = max(1, int((until - now).total_seconds()))
    page = render_template("readers/manage/too_many.html", minutes=-(-seconds // 60))
    response = make_response(page, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(seconds)
    return response


def _email(form: AskForm) -> str | None:
    """The address, in its one spelling; None where something is to be mended."""
    form.validate()
    try:
        email = normalize_email(text(form, "email"))
    except InvalidEmail as error:
        blame(form, "email", said(error))
        return None
    return None if form.errors else email
