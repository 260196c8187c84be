"""The mistakes that the proofs are there to find. Each makes an application one that has it."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.models import Disposition, StripeEvent
from donations.models.database import reading, writing
from donations.services import inbox, outbox

_LATER_S: Final = 0.3
WEBHOOK: Final = "/webhooks/stripe"


def plant(name: str, app: Flask) -> None:
    """In a process that has no other application."""
    _MUTANTS[name](app)


def _commit_before_outbox(_app: Flask) -> None:
    """A letter is written down only after its cause was committed."""
    add = outbox.add

    def add_later(session: Session, *given: Any, **named: Any) -> bool:
        def write(_session: Session) -> None:
            with writing() as another:
                add(another, *given, **named)

        event.listen(session, "after_commit", write, once=True)
        return True

    outbox.add = add_later


def _answer_before_commit(app: Flask) -> None:
    """A webhook is answered first, and kept a moment later."""
    keep = app.wsgi_app

    def answer_first(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return keep(environ, start_response)
        later = {**environ, "wsgi.input": io.BytesIO(environ["wsgi.input"].read())}
        threading.Timer(_LATER_S, lambda: list(keep(later, lambda *_: None))).start()
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    app.wsgi_app = answer_first  # type: ignore[method-assign]


def _select_then_insert(app: Flask) -> None:
    """Whether an event is known is asked first, and it is inserted afterwards."""

    def look_and_insert(environ: dict[str, Any], start_response: Any) -> Any:
        told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        with app.app_context():
            with reading() as session:
                known = session.scalar(
                    select(StripeEvent.id).where(StripeEvent.stripe_event_id == told["id"])
                )
            if known is None:
                with writing() as session:
                    _insert(session, told)
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    _take_webhooks(app, look_and_insert)


def _insert(session: Session, told: Mapping[str, Any]) -> None:
    now, about = datetime.now(UTC), told["data"]["object"]["id"]
    session.add(
        StripeEvent(
            stripe_event_id=told["id"],
            type=told["type"],
            object_kind=ObjectKind.PAYMENT_INTENT.value,
            stripe_object_id=about,
            api_version=told["api_version"],
            is_livemode=False,
            is_thin=False,
            disposition=Disposition.MARKED,
            created_at=now,
            received_at=now,
        )
    )
    session.flush()
    inbox.mark(session, ObjectKind.PAYMENT_INTENT, about, now)


def swallow_all(app: Flask) -> None:
    """Whatever goes wrong with a webhook is answered with 200, so that Stripe stops asking."""
    receive = app.wsgi_app

    def content(environ: dict[str, Any], start_response: Any) -> Any:
        def start(_status: str, headers: Any, *exc_info: Any) -> Any:
            return start_response("200 OK", headers, *exc_info)

        return receive(environ, start)

    _take_webhooks(app, content)


def _take_webhooks(app: Flask, answer: Callable[[dict[str, Any], Any], Any]) -> None:
    others = app.wsgi_app

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        is_webhook = environ["PATH_INFO"] == WEBHOOK and environ["REQUEST_METHOD"] == "POST"
        return (answer if is_webhook else others)(environ, start_response)

    app.wsgi_app = serve  # type: ignore[method-assign]


_MUTANTS: Mapping[str, Callable[[Flask], None]] = {
    "answer before commit": _answer_before_commit,
    "commit before outbox": _commit_before_outbox,
    "select then insert": _select_then_insert,
    "swallow all": swallow_all,
}
