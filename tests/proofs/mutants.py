"""The mistakes that the proofs are there to find, each planted in a process of its own or by a test."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from donations.models.database import writing
from donations.services import outbox

_LATER_S: Final = 0.3


def plant(name: str) -> None:
    """Make this process one that has the mistake."""
    _MUTANTS[name]()


def _commit_before_outbox() -> None:
    """A letter is written down only after its cause was committed."""
    add = outbox.add

    def add_later(session: Session, *given: Any, **named: Any) -> bool:
        def write(_session: Session) -> None:
            with writing() as another:
                add(another, *given, **named)

        event.listen(session, "after_commit", write, once=True)
        return True

    outbox.add = add_later


def _answer_before_commit() -> None:
    """A webhook is answered first, and kept a moment later."""
    answer = Flask.wsgi_app

    def answer_first(app: Flask, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return answer(app, environ, start_response)
        body = environ["wsgi.input"].read()
        later = {**environ, "wsgi.input": io.BytesIO(body)}
        threading.Timer(_LATER_S, lambda: list(answer(app, later, lambda *_: None))).start()
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    Flask.wsgi_app = answer_first


_MUTANTS: Mapping[str, Callable[[], None]] = {
    "answer before commit": _answer_before_commit,
    "commit before outbox": _commit_before_outbox,
}
