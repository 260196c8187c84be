"""Log out: here, or wherever somebody is logged in with this reader's address."""

from __future__ import annotations

from flask import abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from donations.models.database import writing
from donations.runtime import current
from donations.services import reader_sessions
from donations.web.policy import route_policy
from donations.web.readers.manage.forms import OwnForm
from donations.web.readers.manage.gate import LOGIN, get_reader
from donations.web.readers.own_pages import is_from_elsewhere


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def log_out() -> ResponseReturnValue:
    """End this session."""
    _check()
    token = LOGIN.read()
    assert token is not None
    with writing() as session:
        reader_sessions.log_out(session, token)
    return _goodbye()


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def log_out_everywhere() -> ResponseReturnValue:
    """End every session of this reader, this one too."""
    _check()
    with writing() as session:
        reader_sessions.log_out_everywhere(session, get_reader().supporter_id)
    return _goodbye()


def _check() -> None:
    if is_from_elsewhere(request, current().config.public_base_url):
        abort(403)
    if not OwnForm().validate():
        abort(400)


def _goodbye() -> ResponseReturnValue:
    response = make_response(redirect(url_for("readers.manage.home"), 303))
    LOGIN.delete(response)
    return response
