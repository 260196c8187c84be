"""What sends: one delivery at a time to each endpoint, never inside an API call or a transaction.

Endpoints don't wait for one another, so one that hangs holds up only its own deliveries.
"""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
import structlog

from donations.sandbox.document import Document
from donations.sandbox.webhooks import deliveries, endpoints, thin
from donations.sandbox.webhooks.deliveries import Delivery
from donations.sandbox.webhooks.endpoints import Endpoint
from donations.sandbox.webhooks.signing import signature_header
from donations.sandbox.world import World

_log = structlog.stdlib.get_logger("donations.sandbox")
_IDLE_SECONDS = 0.2
_MOST_AT_ONCE = 16


class Sender:
    def __init__(self, world: World) -> None:
        self._world = world
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._busy: dict[str, Delivery] = {}
        """What is being sent, by endpoint."""
        self._thread = threading.Thread(target=self._run, name="sandbox-sender", daemon=True)

    def start(self) -> None:
        self._world.store.call_after_commit(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=self._world.settings.delivery_timeout + 1)

    def _run(self) -> None:
        with ThreadPoolExecutor(_MOST_AT_ONCE, "sandbox-delivery") as pool:
            while not self._stopping.is_set():
                # Cleared before looking: what is committed from here on wakes the next wait.
                self._wake.clear()
                idle = [each.id for each in endpoints.all_of(self._world) if each.id not in self._busy]
                for endpoint_id in idle:
                    delivery = deliveries.next_due(self._world, endpoint_id, time.time())
                    if delivery is not None:
                        self._busy[endpoint_id] = delivery
                        pool.submit(self._send, delivery)
                # A retry becomes due without anyone committing, so never sleep for long.
                self._wake.wait(_IDLE_SECONDS)

    def _send(self, delivery: Delivery) -> None:
        try:
            self._try(delivery)
        except Exception:  # noqa: BLE001
            # A delivery that cannot even be written must not stop those behind it.
            _log.exception("delivery_failed", delivery_id=delivery.id)
            deliveries.give_up(self._world, delivery, "the sandbox failed; its log says why")
        finally:
            del self._busy[delivery.endpoint_id]
            self._wake.set()

    def _try(self, delivery: Delivery) -> None:
        event = self._world.store.find(delivery.event_id)
        endpoint = endpoints.find(self._world, delivery.endpoint_id)
        if event is None or endpoint is None:
            deliveries.give_up(self._world, delivery, "no such endpoint")
        elif not endpoint.is_enabled:
            deliveries.give_up(self._world, delivery, "the endpoint is disabled")
        else:
            answer, delivered = self._post(endpoint, body_for(event, endpoint))
            deliveries.record(self._world, delivery, answer, delivered=delivered, wall_time=time.time())

    def _post(self, endpoint: Endpoint, body: bytes) -> tuple[str, bool]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature_header(body, endpoint.secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        timeout = self._world.settings.delivery_timeout
        try:
            with requests.Session() as http:
                http.trust_env = False
                answer = http.post(
                    endpoint.url, body, headers=headers, timeout=timeout, allow_redirects=False
                )
        except (requests.RequestException, ValueError) as error:
            # A URL that the client cannot use at all (an empty label, say) is a ValueError.
            return type(error).__name__, False
        return str(answer.status_code), 200 <= answer.status_code < 300


def body_for(event: Document, endpoint: Endpoint) -> bytes:
    """The exact bytes that are signed and sent."""
    if endpoint.is_thin:
        content = thin.notification(event)
    else:
        content = {**event, "api_version": endpoint.api_version or event["api_version"]}
    return json.dumps(content, indent=2, ensure_ascii=False).encode()
