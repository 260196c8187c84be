"""A server on loopback that answers as it is told, however badly, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is torn down before any answer."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The request is read, and no answer comes until the server closes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`promised` is the Content-Length, where it is not to be the true one."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None

    def raw(self) -> bytes:
        headers = {
            "Content-Type": "application/json",
            "Content-Length": self.promised if self.promised is not None else len(self.body),
            "Connection": "close",
            "Request-Id": "req_test",
            **self.headers,
        }
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


Behaviour = Answer | Reset | Silence


def says(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer of JSON; `Retry_After="7"` makes a header."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(json.dumps(value).encode(), status, named)


def error(status: int, code: str | None = None, *, type: str = "api_error", **headers: str) -> Answer:
    """An error in Stripe's shape, whose message echoes what must not be passed on."""
    said = {"type": type, "code": code, "param": "customer_email", "message": "No such: reader@example.com"}
    return says({"error": said}, status, **headers)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: str


class RawServer:
    """Gives its behaviours one by one, the last of them for ever; those for a path come first."""

    def __init__(self, *behaviours: Behaviour, by_path: Mapping[str, Behaviour] | None = None) -> None:
        self.requests: list[Request] = []
        self._behaviours = list(behaviours)
        self._by_path = dict(by_path or {})
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        silenced: list[socket.socket] = []
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            request = _read(connection)
            self.requests.append(request)
            behaviour = self._by_path.get(request.path) or self._next()
            if isinstance(behaviour, Silence):
                silenced.append(connection)
                continue
            if isinstance(behaviour, Reset):
                # Closed with linger zero, a socket sends RST.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.sendall(behaviour.raw())
            connection.close()
        for connection in silenced:
            connection.close()

    def _next(self) -> Behaviour:
        return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]


def _read(connection: socket.socket) -> Request:
    with connection.makefile("rb") as stream:
        method, target, _ = stream.readline().decode().split()
        headers: dict[str, str] = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0"))).decode()
    parts = urlsplit(target)
    return Request(method, parts.path, parse_qs(parts.query), headers, body)
