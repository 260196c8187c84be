"""Send signed webhooks over keep-alive connections, as fast as they are answered: a process of its own.

All requests are made and signed before the first is sent, and each answer is read just far enough to know
where it ends. So it takes little of the machine from the server that it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import click

from donations.gateway.signatures import sign

_FILLER: Final = 90
"""Fields beside those that are read, so that a body has about 5 kB and the depth of Stripe's."""


@dataclass
class Connection:
    """One request is on its way at a time."""

    socket: socket.socket
    sent_at: float = 0.0
    answer: bytes = b""


@dataclass
class Sent:
    """What came of it. Latencies are seconds."""

    latencies: list[float] = field(default_factory=list[float])
    statuses: dict[str, int] = field(default_factory=dict[str, int])


def body_of(event_id: str, object_id: str) -> bytes:
    """As Stripe writes it: pretty-printed, much of it null."""
    about: dict[str, Any] = {"id": object_id, "object": "payment_intent", "amount": 1000, "currency": "eur"}
    about |= {f"field_{number:02}_of_a_payment": None for number in range(_FILLER)}
    about["payment_method_options"] = {"card": {"installments": None, "request_three_d_secure": "automatic"}}
    about["metadata"] = {"reference": object_id}
    event = {
        "id": event_id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1_790_000_000,
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "payment_intent.succeeded",
    }
    return json.dumps(event, indent=2).encode().ljust(5_000)


def requests_of(round_name: str, count: int, secret: str) -> list[bytes]:
    now = datetime.now(UTC)
    made: list[bytes] = []
    for number in range(count):
        body = body_of(f"evt_{round_name}{number}", f"pi_{round_name}{number}")
        head = (
            "POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Stripe-Signature: {sign(body, secret, now)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def send_all(port: int, connections: int, requests: list[bytes], seconds: float) -> Sent:
    """Until all are sent or the time is over; what is on its way then is still waited for."""
    sent, waiting = Sent(), iter(requests)
    end_at = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = Connection(socket.create_connection(("127.0.0.1", port)))
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            _send(connection, next(waiting))
        while selector.get_map():
            for key, _ in selector.select():
                if not _read(key.data, sent):
                    continue
                following = next(waiting, None) if time.perf_counter() < end_at else None
                if following is None:
                    selector.unregister(key.data.socket)
                    key.data.socket.close()
                else:
                    _send(key.data, following)
    return sent


def _send(connection: Connection, request: bytes) -> None:
    connection.answer = b""
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(request)


def _read(connection: Connection, sent: Sent) -> bool:
    """Whether the answer is whole; none of them has a body."""
    part = connection.socket.recv(16_384)
    if not part:
        raise ConnectionError("the server closed a connection that was to be kept")
    connection.answer += part
    if not connection.answer.endswith(b"\r\n\r\n"):
        return False
    sent.latencies.append(time.perf_counter() - connection.sent_at)
    status = connection.answer[9:12].decode()
    sent.statuses[status] = sent.statuses.get(status, 0) + 1
    return True


@click.command(help=__doc__)
@click.option("--port", type=int, required=True)
@click.option("--name", required=True, help="Begins the ids of this round's events.")
@click.option("--secret", required=True)
@click.option("--connections", default=16)
@click.option("--seconds", default=4.0)
@click.option("--most", default=20_000)
def main(port: int, name: str, secret: str, connections: int, seconds: float, most: int) -> None:
    requests = requests_of(name, most, secret)
    began = time.perf_counter()
    sent = send_all(port, connections, requests, seconds)
    took = time.perf_counter() - began
    ordered = sorted(sent.latencies)
    found = {
        "rate": len(ordered) / took,
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[len(ordered) * 99 // 100],
        "statuses": sent.statuses,
    }
    click.echo(json.dumps(found))


if __name__ == "__main__":
    main()
