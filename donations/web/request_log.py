"""One line a request: the route's pattern, never the path or the query, which may name a person."""

from __future__ import annotations

import secrets
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("donations.web")


def install_request_log(app: Flask) -> None:
    """Give each request an id, in the logs and in the `X-Request-Id` header."""

    def begin() -> None:
        g.request_began = time.perf_counter()
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else "(none)",
            status=response.status_code,
            duration_ms=round((time.perf_counter() - g.request_began) * 1000, 1),
        )
        return response

    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()

    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(forget)


def log_with(**fields: object) -> None:
    """Say something more in every line of this request from now on, the last one included."""
    structlog.contextvars.bind_contextvars(**fields)
