"""Flask, without three things of which we have no use and for which each request would pay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class _SessionsInCookies(SecureCookieSessionInterface):
    """Makes nothing ready to check a cookie with where there is none, as with webhooks and most readers,
    nor to write one where nothing was kept."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.accessed or session.modified:
            super().save_session(app, session, response)


class Site(Flask):
    """The application. None of its views and hooks is a coroutine, so none is asked whether it is one."""

    session_interface = _SessionsInCookies()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func
