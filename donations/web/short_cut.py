"""The way past Flask for Stripe's webhooks, which come by the thousand.

Matching the address, opening a session, choosing a language and asking every hook takes longer than keeping
an event does, and a webhook needs none of it. What it does need is here: the application's context, an id, a
line in the log, and an answer whatever happens. The view declares the address and its policy, as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from flask import Flask

from donations.web.request_log import begin_request, end_request, log_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger("donations.web")


@dataclass(frozen=True, slots=True)
class BareAnswer:
    """A status and its headers, without a body: a program reads it."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()


_FAULT: Final = BareAnswer(HTTPStatus.INTERNAL_SERVER_ERROR)
_ON_ALL: Final = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", "0"),
    ("Cache-Control", "no-store"),
)


def install_short_cut(app: Flask, path: str, answer: Callable[[WSGIEnvironment], BareAnswer]) -> None:
    """Have each POST to `path` answered by `answer`, in the context of `app` and without a request."""
    through_flask = app.wsgi_app

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != path or environ["REQUEST_METHOD"] != "POST":
            return through_flask(environ, start_response)
        begun = begin_request()
        try:
            found = _answer_anyhow(app, answer, environ)
            log_request(begun, "POST", path, found.status)
        finally:
            end_request()
        status = f"{found.status.value} {found.status.phrase}"
        start_response(status, [*_ON_ALL, *found.headers, ("X-Request-Id", begun.request_id)])
        return ()

    app.wsgi_app = serve


def _answer_anyhow(
    app: Flask, answer: Callable[[WSGIEnvironment], BareAnswer], environ: WSGIEnvironment
) -> BareAnswer:
    """A fault of ours is told in the log, as `web.errors` tells it, and is a 500."""
    try:
        with app.app_context():
            return answer(environ)
    except Exception as error:
        log.exception("fault", error=type(error).__name__)
        return _FAULT
