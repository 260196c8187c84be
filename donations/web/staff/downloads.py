"""Files that are made while they are sent: nothing of them is kept, on no disk and not whole in memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from flask import Flask, Response, current_app
from sqlalchemy.orm import Session

from donations.models.database import reading
from donations.reports.batches import Look
from donations.reports.file_kinds import FileKind

_TYPES: Final = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(pieces: Iterator[str] | Iterator[bytes], name: str, kind: FileKind) -> Response:
    """The answer that a browser saves under `name` and the ending of its kind. `pieces` are made when the
    request is over for Flask: they may not ask it for anything."""
    response = Response(pieces, content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def looks_from_elsewhere() -> Look:
    """Looks at the data that another thread may open, on behalf of this request."""
    app: Flask = cast("Any", current_app)._get_current_object()

    @contextmanager
    def look() -> Generator[Session]:
        with app.app_context(), reading() as session:
            yield session

    return look
