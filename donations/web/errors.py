"""Errors to statuses and pages: the one place that knows both.

Domain errors know no HTTP, and views catch only what they can answer better.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Flask, Response, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from donations.domain.errors import NotFound
from donations.gateway.errors import StripeProblem

log = structlog.get_logger("donations.web")

PAGES: Final = frozenset({400, 403, 404, 405, 413, 429, 500, 503})
"""Statuses with a page of their own in templates/errors; the others borrow a neighbour's."""
_RETRY_SECONDS: Final = "5"


def install_errors(app: Flask) -> None:
    """Answer every error that reaches the top with a page in the paper's look."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(NotFound, _not_found)
    # PostgreSQL calls it an internal error when it will only be read, as a replica that was not promoted.
    for kind in (OperationalError, InterfaceError, InternalError, PoolTimeout):
        app.register_error_handler(kind, _database_unavailable)
    app.register_error_handler(StripeProblem, _stripe_problem)
    app.register_error_handler(Exception, _fault)


def error_page(status: int) -> Response:
    """The page for a status; what has none of its own is shown as 400 or 500."""
    shown = status if status in PAGES else (400 if status < 500 else 500)
    response = make_response(render_template(f"errors/{shown}.html"), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = error_page(error.code)
    for name, value in error.get_response().headers.items():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _stale_form(_error: CSRFError) -> Response:
    return error_page(400)


def _not_found(_error: NotFound) -> Response:
    return error_page(404)


def _database_unavailable(error: Exception) -> Response:
    log.error("database_unavailable", error=type(error).__name__, exc_info=error)
    return _try_again()


def _stripe_problem(error: StripeProblem) -> Response:
    log.error("stripe_problem", error=type(error).__name__, code=error.code, param=error.param)
    return _try_again()


def _try_again() -> Response:
    response = error_page(503)
    response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def _fault(error: Exception) -> Response:
    log.error("fault", error=type(error).__name__, exc_info=error)
    return error_page(500)
