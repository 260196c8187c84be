"""A webhook receiver on loopback: keeps every delivery, and answers as it is told to."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import stripe

SECRET = "whsec_test_of_the_sandbox"


@dataclass(frozen=True, slots=True)
class Received:
    body: bytes
    signature: str
    content_type: str

    def event(self) -> stripe.Event:
        """Verified by the SDK over the exact bytes. Raises if the signature does not fit."""
        return stripe.Webhook.construct_event(self.body, self.signature, SECRET)

    @property
    def timestamp(self) -> int:
        return int(self.signature.split(",")[0].removeprefix("t="))


class Receiver:
    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        """Statuses for the next deliveries; 200 when there are none left."""
        self.silence = threading.Event()
        """Cleared, every delivery is left without an answer until it is set."""
        self.silence.set()
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.silence.wait()
                status = receiver.take(
                    Received(body, self.headers["Stripe-Signature"], self.headers["Content-Type"])
                )
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """A test says what it received when it fails."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks/stripe"

    def take(self, delivery: Received) -> int:
        with self._arrived:
            self.received.append(delivery)
            self._arrived.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, count: int) -> list[Received]:
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.received) >= count, timeout=20):
                raise AssertionError(f"only {len(self.received)} of {count} deliveries arrived")
            return list(self.received)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.silence.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
