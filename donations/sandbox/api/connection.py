"""Drop the caller's connection without an answer, as a network does."""

from __future__ import annotations

import socket
import struct
from typing import Any


def drop_connection(environ: dict[str, Any]) -> None:
    """Reset the socket below waitress, which offers no other way to its channel than this callback."""
    check = environ.get("waitress.client_disconnected")
    if check is None:
        raise RuntimeError("connections can be dropped only under waitress")
    connection: socket.socket = check.__self__.socket
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
