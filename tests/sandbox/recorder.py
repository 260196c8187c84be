"""Keeps every answer of a run, whoever asked for it: the SDK and plain HTTP alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from tests.sandbox.desk import Desk
from tests.stripe_description.answers import template_of, wrong_with_answer, wrong_with_event

_UNDESCRIBED = ("/v1/invoiceitems", "/v1/payment_pages/")
"""What only Stripe's command line calls, and the pruned description leaves out."""


@dataclass(frozen=True, slots=True)
class Exchange:
    method: str
    url: str
    status: int
    body: Any

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def complaints(self) -> list[str]:
        """Against the schema of its path; and for an event, of the object that it carries."""
        found = wrong_with_answer(self.method, self.path, self.status, self.body)
        found += [f"{self.method} {self.url}: {event}" for event in _wrong_events(self.body)]
        return [f"{self.method} {self.url} {self.status}: {complaint}" for complaint in found]


@dataclass
class Recorder:
    exchanges: list[Exchange] = field(default_factory=list)

    def watch(self, desk: Desk) -> Desk:
        """The same desk, with everything that it is answered by the API kept here."""
        session = requests.Session()
        session.hooks["response"].append(self._keep)
        desk.http.hooks["response"].append(self._keep)
        desk.stripe = stripe.StripeClient(
            "sk_test_desk",
            base_addresses={"api": desk.server.base_url},
            http_client=stripe.RequestsClient(timeout=(5, 20), session=session),
            max_network_retries=0,
        )
        return desk

    def _keep(self, answer: requests.Response, *_args: object, **_options: object) -> None:
        path = urlsplit(answer.url).path
        if path.startswith("/v1/") and not path.startswith(_UNDESCRIBED):
            method = str(answer.request.method)
            self.exchanges.append(
                Exchange(method, answer.url, answer.status_code, json.loads(answer.content))
            )

    def complaints(self) -> list[str]:
        return [complaint for exchange in self.exchanges for complaint in exchange.complaints()]

    def answered_well(self) -> set[tuple[str, str]]:
        """The operations that were answered with 200, as method and path template."""
        return {
            (exchange.method, str(template_of(exchange.path)))
            for exchange in self.exchanges
            if exchange.status == 200
        }


def _wrong_events(body: Any) -> Iterator[str]:
    for event in body["data"] if body.get("object") == "list" else [body]:
        if event.get("object") == "event":
            yield from wrong_with_event(event)
