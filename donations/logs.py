"""Structured logs that cannot carry personal data: only fields on the list below are written.

No query strings, no bodies, no addresses. A field that is not listed is dropped and its name is
told, so that a mistake shows in development without leaking in production.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

from config import Config

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "logger", "request_id",
        "method", "route", "status", "duration_ms",
        "event_type", "stripe_event_id", "kind", "stripe_id", "generation", "disposition",
        "cause", "message_id",
        "reason", "error", "code", "param", "tries", "count", "delay_s", "task", "port", "dropped_fields",
        "exception", "url", "role", "retry_after",
    }
)  # fmt: skip


_JSON: Final = json.JSONEncoder(default=repr)
"""Made once: `json.dumps` makes one for each line."""


def configure_logging(config: Config) -> None:
    """Our own lines: JSON on stderr in production, readable in development.

    Called by `create_app`, so that no way of starting the application is without the list: what
    structlog does by itself shows the values of local variables with an exception.
    """
    structlog.configure(
        processors=[*_shared(), _renderer(config)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    # A line for each request that waits its turn tells nothing that the lines of requests don't, just when
    # there is no time for it.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def take_over_libraries(config: Config) -> None:
    """What libraries log through the standard module, warnings at least, passes the same list."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(), processors=[_without_meta, _renderer(config)]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _to_stderr(*_arguments: object) -> structlog.PrintLogger:
    """Asked for at each line, because what stderr is may change."""
    return structlog.PrintLogger(sys.stderr)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        trace_without_values,
        keep_allowed,
    ]


def _renderer(config: Config) -> Processor:
    if config.is_production:
        return _as_json
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _as_json(_logger: Any, _method: str, event: EventDict) -> str:
    return _JSON.encode(event)


def keep_allowed(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop what is not on the list, and name what was dropped."""
    if event.keys() <= ALLOWED:
        return event
    internal = {"_record", "_from_structlog"}
    dropped = sorted(set(event) - ALLOWED - internal)
    kept = {name: value for name, value in event.items() if name in ALLOWED or name in internal}
    if dropped:
        kept["dropped_fields"] = dropped
    return kept


def trace_without_values(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Where an exception was raised and of which class; its message may quote what a reader typed."""
    raised = _raised(event.pop("exc_info", None))
    if raised is not None:
        event["exception"] = _places(raised)
    return event


def _raised(given: object) -> BaseException | None:
    """The exception meant by `exc_info`, which may be one, a flag, or a triple."""
    if isinstance(given, BaseException):
        return given
    return sys.exc_info()[1] if given else None


def _places(error: BaseException) -> str:
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join((f"{type(error).__module__}.{type(error).__qualname__}", *frames))


def _without_meta(_logger: Any, _method: str, event: EventDict) -> EventDict:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return event
