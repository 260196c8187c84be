"""Spoil an answer on its way: drop the connection, cut the body off, or let it trickle."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from flask import Response

from donations.sandbox.api.fault_kinds import Fault

_PIECES = 20


def spoil(response: Response, environ: dict[str, Any], fault: Fault | None) -> Response:
    """The same response, sent the way the fault wants it."""
    if fault is None:
        return response
    if fault.reset:
        _drop(environ)
    elif fault.half or fault.trickle:
        body = response.get_data()
        response.headers["Content-Length"] = str(len(body))
        # Waitress closes the connection after a body that is shorter than was announced.
        sent = body[: len(body) // 2] if fault.half else body
        response.response = _in_pieces(sent, fault.trickle)
    return response


def _in_pieces(body: bytes, seconds: float) -> Iterator[bytes]:
    pieces = _PIECES if seconds else 1
    size = max(1, -(-len(body) // pieces))
    for start in range(0, len(body), size):
        yield body[start : start + size]
        time.sleep(seconds / pieces)


def _drop(environ: dict[str, Any]) -> None:
    """Reset the socket below waitress, which offers no other way to its channel than this callback."""
    check = environ.get("waitress.client_disconnected")
    if check is None:
        raise RuntimeError("connections can be dropped only under waitress")
    connection: socket.socket = check.__self__.socket
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
