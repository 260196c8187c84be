"""Stands between a caller and an API on loopback, and writes down what was asked, as it was sent."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_OF_THE_CONNECTION = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    form: str
    """The query or the body, still encoded."""
    headers: dict[str, str]


class Tap:
    def __init__(self, target: str) -> None:
        self.asked: list[Asked] = []
        address = urlsplit(target).netloc
        tap = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                tap.asked.append(_read(self.command, self.path, body, dict(self.headers.items())))
                target = http.client.HTTPConnection(address, timeout=30)
                target.request(self.command, self.path, body, dict(self.headers.items()))
                answer = target.getresponse()
                content = answer.read()
                target.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _OF_THE_CONNECTION:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_DELETE = do_GET  # The names that the base class calls.

            def log_message(self, format: str, *args: object) -> None:
                """What was asked is kept, not printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _read(method: str, target: str, body: bytes, headers: dict[str, str]) -> Asked:
    parts = urlsplit(target)
    return Asked(method, parts.path, body.decode() if method == "POST" else parts.query, headers)
