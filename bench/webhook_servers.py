"""What webhooks are compared with: the least that a server can do which keeps an event before it answers.

Each verifies the signature, reads which event it is, and does BEGIN, one INSERT, COMMIT: `bare` as plain WSGI
through the driver, `flask_core` through Flask and SQLAlchemy Core. Neither marks an object, logs, counts
or adds a header. Each is served by the same server as the website.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import psycopg
from flask import Flask, Response, request
from sqlalchemy import create_engine, insert

from donations.models import Disposition, StripeEvent
from donations.models.database import engine_options
from donations.models.insert import table_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_COLUMNS: Final = (
    *("stripe_event_id", "type", "object_kind", "stripe_object_id", "api_version", "is_livemode", "is_thin"),
    *("disposition", "created_at", "received_at"),
)


def bare() -> Wsgi:
    """(a): WSGI and the driver, a connection for each thread."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    url, secret, kept = os.environ["DATABASE_URL"], _secret(), threading.local()
    insert_one = _insert_for_sqlite if url.startswith("sqlite") else _insert_for_postgres

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not _is_signed(body, environ.get("HTTP_STRIPE_SIGNATURE", ""), secret):
            start_response("400 Bad Request", [("Content-Length", "0")])
            return []
        if not hasattr(kept, "connection"):
            kept.connection = _connect(url)
        insert_one(kept.connection, _envelope(body))
        start_response("200 OK", [("Content-Length", "0")])
        return []

    return answer


def flask_core() -> Flask:
    """(b): the same with Flask and SQLAlchemy Core."""
    app, secret = Flask("flask_core"), _secret()
    engine = create_engine(**(engine_options(os.environ["DATABASE_URL"]) | {"pool_pre_ping": False}))
    statement = insert(table_of(StripeEvent))

    @app.post("/webhooks/stripe")
    def receive() -> Response:
        body = request.get_data()
        if not _is_signed(body, request.headers.get("Stripe-Signature", ""), secret):
            return Response(status=400)
        with engine.begin() as connection:
            connection.execute(statement, _envelope(body) | {"disposition": Disposition.MARKED})
        return Response(status=200)

    return app


def _secret() -> bytes:
    return os.environ["STRIPE_WEBHOOK_SECRETS"].encode()


def _is_signed(body: bytes, header: str, secret: bytes) -> bool:
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    expected = hmac.new(secret, parts.get("t", "").encode() + b"." + body, sha256).hexdigest()
    return hmac.compare_digest(expected, parts.get("v1", ""))


def _envelope(body: bytes) -> dict[str, Any]:
    event = json.loads(body)
    about = event["data"]["object"]
    return {
        "stripe_event_id": event["id"],
        "type": event["type"],
        "object_kind": about["object"],
        "stripe_object_id": about["id"],
        "api_version": event["api_version"],
        "is_livemode": event["livemode"],
        "is_thin": False,
        "disposition": "marked",
        "created_at": datetime.fromtimestamp(event["created"], UTC),
        "received_at": datetime.now(UTC),
    }


def _connect(url: str) -> Any:
    if not url.startswith("sqlite"):
        return psycopg.connect(url.replace("+psycopg", ""))
    connection = sqlite3.connect(url.partition(":///")[2], isolation_level=None, timeout=15)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


_INSERT_SQLITE: Final = (
    f"INSERT INTO stripe_event ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
)
_INSERT_POSTGRES: Final = _INSERT_SQLITE.replace("?", "%s")


def _insert_for_postgres(connection: Any, envelope: dict[str, Any]) -> None:
    """The driver says BEGIN itself."""
    connection.execute(_INSERT_POSTGRES, [envelope[name] for name in _COLUMNS])
    connection.commit()


def _insert_for_sqlite(connection: Any, envelope: dict[str, Any]) -> None:
    values = [envelope[name] for name in _COLUMNS]
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_INSERT_SQLITE, [str(each) if isinstance(each, datetime) else each for each in values])
    connection.execute("COMMIT")
