"""One line a request: the route's pattern, never the path or the query, which may name a person."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("donations.web")


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that is not answered yet."""

    request_id: str
    at: float
    """By the process's own clock, in seconds."""


def begin_request() -> Begun:
    """Give this request an id, which stands in each line of the log until it ends."""
    begun = Begun(secrets.token_hex(8), time.perf_counter())
    structlog.contextvars.bind_contextvars(request_id=begun.request_id)
    return begun


def log_request(begun: Begun, method: str, route: str, status: int) -> None:
    """Its one line."""
    duration_ms = round((time.perf_counter() - begun.at) * 1000, 1)
    log.info("request", method=method, route=route, status=int(status), duration_ms=duration_ms)


def end_request() -> None:
    """The next one in this thread begins with nothing."""
    structlog.contextvars.clear_contextvars()


def log_with(**fields: object) -> None:
    """Say something more in every line of this request from now on, the last one included."""
    structlog.contextvars.bind_contextvars(**fields)


def install_request_log(app: Flask) -> None:
    """Give each request an id, in the logs and in the `X-Request-Id` header."""

    def begin() -> None:
        g.begun = begin_request()

    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.begun.request_id
        route = request.url_rule.rule if request.url_rule else "(none)"
        log_request(g.begun, request.method, route, response.status_code)
        return response

    def forget(_error: BaseException | None) -> None:
        end_request()

    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(forget)
