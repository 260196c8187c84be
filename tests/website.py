"""A real server on a free port, in a thread: for what a test client would hide."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

from flask import Flask
from waitress import create_server, wasyncore


class Website:
    """Serves the application that is put into `app`; the port is known before there is one."""

    def __init__(self, app: Flask | None = None) -> None:
        self.app = app
        self._sockets: dict[int, Any] = {}
        self._server: Any = create_server(
            self._answer, map=self._sockets, host="127.0.0.1", port=0, threads=4
        )
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return self._server.effective_port

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_stopping.set()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while not self._is_stopping.is_set():
            wasyncore.loop(timeout=0.05, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)

    def _answer(self, environ: Any, start_response: Any) -> Any:
        assert self.app is not None
        return self.app(environ, start_response)
