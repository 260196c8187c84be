"""The thread that sends: one delivery at a time, never inside an API call or a transaction."""

from __future__ import annotations

import json
import threading
import time

import requests

from donations.sandbox.document import Document
from donations.sandbox.webhooks import deliveries, endpoints, thin
from donations.sandbox.webhooks.deliveries import Delivery
from donations.sandbox.webhooks.endpoints import Endpoint
from donations.sandbox.webhooks.signing import signature_header
from donations.sandbox.world import World

_IDLE_SECONDS = 0.2


class Sender:
    def __init__(self, world: World) -> None:
        self._world = world
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-sender", daemon=True)

    def start(self) -> None:
        self._world.store.call_after_commit(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=self._world.settings.delivery_timeout + 1)

    def _run(self) -> None:
        with requests.Session() as http:
            http.trust_env = False
            while not self._stopping.is_set():
                delivery = deliveries.next_due(self._world, time.time())
                if delivery is None:
                    # A retry becomes due without anyone committing, so never sleep for long.
                    self._wake.wait(_IDLE_SECONDS)
                    self._wake.clear()
                else:
                    self._send(http, delivery)

    def _send(self, http: requests.Session, delivery: Delivery) -> None:
        event = self._world.store.find(delivery.event_id)
        endpoint = endpoints.find(self._world, delivery.endpoint_id)
        if event is None or endpoint is None:
            answer, delivered = "no such endpoint", False
        else:
            answer, delivered = self._post(http, endpoint, body_for(event, endpoint))
        deliveries.record(self._world, delivery, answer, delivered=delivered, wall_time=time.time())

    def _post(self, http: requests.Session, endpoint: Endpoint, body: bytes) -> tuple[str, bool]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature_header(body, endpoint.secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        timeout = self._world.settings.delivery_timeout
        try:
            answer = http.post(endpoint.url, body, headers=headers, timeout=timeout, allow_redirects=False)
        except requests.RequestException as error:
            return type(error).__name__, False
        return str(answer.status_code), 200 <= answer.status_code < 300


def body_for(event: Document, endpoint: Endpoint) -> bytes:
    content = thin.notification(event) if endpoint.is_thin else event
    return json.dumps(content, indent=2, ensure_ascii=False).encode()
