"""The link of the letter. Looking at it uses nothing up, for mail scanners look at every link; its
button does. A link that is unknown, used or expired looks the same, and guessing is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from donations.domain.manage_pages import ManagePage
from donations.models.database import reading, writing
from donations.runtime import Runtime, current
from donations.services import magic_links, reader_sessions
from donations.services.magic_links import GUESS_LIMIT
from donations.services.throttles import give_back_try, network_of, take_try, throttle_key
from donations.web.policy import route_policy
from donations.web.readers.manage.entry import form_page, too_many
from donations.web.readers.manage.forms import AskForm, OpenForm
from donations.web.readers.manage.gate import LOGIN, find_reader, for_all
from donations.web.readers.own_pages import is_from_elsewhere


@dataclass(frozen=True, slots=True)
class _Entry:
    """What came of a try: a session's token, a refusal until later, or neither."""

    session_token: str | None = None
    wanted: ManagePage | None = None
    refused_until: datetime | None = None


@for_all
@route_policy(audience="reader", csrf="none", cache="no-store")
def show(token: str) -> ResponseReturnValue:
    """A page with one button."""
    running = current()
    now = running.now()
    with reading() as session:
        is_open = magic_links.is_open(session, token, now)
    if is_open:
        return render_template("readers/manage/open.html", form=OpenForm(formdata=None), token=token)
    with writing() as session:
        refused_until = take_try(session, GUESS_LIMIT, _guess_key(running, now), now)
    return _opens_nothing(_Entry(refused_until=refused_until), now)


@for_all
@route_policy(audience="reader", csrf="nonce", cache="no-store")
def enter(token: str) -> ResponseReturnValue:
    """Use the link up, and log its reader in under a session of its own."""
    running = current()
    if is_from_elsewhere(request, running.config.public_base_url):
        abort(403)
    if not OpenForm().validate():
        # The page lay open for hours, or the form is not ours. The link may still open something.
        return redirect(url_for("readers.manage.open", token=token), 303)
    now = running.now()
    with writing() as session:
        entry = _try(session, running, token, now)
    if entry.session_token is None:
        return _opens_nothing(entry, now)
    response = make_response(redirect(url_for("readers.manage.home", then=entry.wanted), 303))
    LOGIN.set(response, entry.session_token)
    return response


def _try(session: Session, running: Runtime, token: str, now: datetime) -> _Entry:
    key = _guess_key(running, now)
    refused_until = take_try(session, GUESS_LIMIT, key, now)
    if refused_until is not None:
        return _Entry(refused_until=refused_until)
    opened = magic_links.use(session, token, now)
    if opened is None:
        return _Entry()
    give_back_try(session, key)
    session_token = reader_sessions.open_session(session, opened.supporter_id, LOGIN.read(), now)
    return _Entry(session_token, opened.wanted)


def _opens_nothing(entry: _Entry, now: datetime) -> ResponseReturnValue:
    """Whoever is logged in has most likely clicked twice, and goes on; others may ask for a new one."""
    if entry.refused_until is not None:
        return too_many(entry.refused_until, now)
    if find_reader() is not None:
        return redirect(url_for("readers.manage.home"), 303)
    return form_page(AskForm(formdata=None), HTTPStatus.GONE, "readers/manage/gone.html")


def _guess_key(running: Runtime, now: datetime) -> bytes:
    network = network_of(request.remote_addr or "")
    return throttle_key(running.config.secret_key, GUESS_LIMIT, network, now)
