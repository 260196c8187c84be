"""Nobody passes without a login, but where a view says that it is for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import reader_sessions
from donations.services.reader_sessions import Reader
from donations.web.cookies import Cookie

View = TypeVar("View", bound=Callable[..., Any])

LOGIN: Final = Cookie("manage", reader_sessions.LASTS_AT_MOST)
"""For as long as a session can last; the server ends it earlier where it is idle."""


def for_all(view: View) -> View:
    """Let readers see this without a login."""
    view.__dict__["is_for_all"] = True
    return view


def guard() -> AnyResponse | None:
    """Run before each view of the area."""
    g.reader = _reader_of_cookie()
    view = current_app.view_functions.get(request.endpoint or "")
    if g.reader is not None or getattr(view, "is_for_all", False):
        return None
    return redirect(url_for("readers.manage.home"), 303)


def find_reader() -> Reader | None:
    """Whoever is logged in."""
    return g.get("reader")


def get_reader() -> Reader:
    """Whoever is logged in, behind the guard."""
    reader = find_reader()
    assert reader is not None, "the guard lets nobody here without a login"
    return reader


def _reader_of_cookie() -> Reader | None:
    token = LOGIN.read()
    if token is None:
        return None
    now = current().now()
    with reading() as session:
        found = reader_sessions.find_reader(session, token, now)
    if found is None:
        return None
    reader, is_time_to_note = found
    if is_time_to_note:
        with writing() as session:
            reader_sessions.note_seen(session, reader, now)
    return reader
