"""What a developer has on the desk: a running sandbox, the SDK pointed at it, and a reader's hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
import stripe

from donations.sandbox.server import SandboxServer
from tests.sandbox.receiver import Receiver

PAYS = "4242 4242 4242 4242"
DECLINED = "4000000000000002"
INSUFFICIENT_FUNDS = "4000000000009995"
CHALLENGE = "4000000000003220"
FAILS_LATER = "4000000000000341"
DISPUTED = "4000000000000259"
INQUIRED = "4000000000001976"
SUSPECTED = "4000000000005423"
REFUND_FAILS = "4000000000005126"
REFUND_WAITS = "4000000000007726"
IBAN_SETTLES = "DE89 3704 0044 0532 0130 00"
IBAN_FAILS = "DE62370400440532013001"

SUCCESS_URL = "http://127.0.0.1:9/thanks?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "http://127.0.0.1:9/support"


@dataclass
class Desk:
    server: SandboxServer
    receiver: Receiver
    stripe: stripe.StripeClient
    http: requests.Session

    def session_parameters(self, mode: str = "payment", **changes: Any) -> dict[str, Any]:
        currency, amount = changes.pop("currency", "eur"), changes.pop("amount", 1000)
        price: dict[str, Any] = {
            "currency": currency,
            "unit_amount": amount,
            "product_data": {"name": "Support The Moscow Times"},
        }
        if mode == "subscription":
            price["recurring"] = {"interval": changes.pop("interval", "month")}
        return {
            "mode": mode,
            "success_url": SUCCESS_URL,
            "cancel_url": CANCEL_URL,
            "line_items": [{"price_data": price, "quantity": 1}],
            "submit_type": "donate",
            **changes,
        }

    def open(self, mode: str = "payment", **changes: Any) -> stripe.checkout.Session:
        return self.stripe.v1.checkout.sessions.create(self.session_parameters(mode, **changes))

    def pay(self, session: stripe.checkout.Session, card: str = PAYS, **typed: str) -> requests.Response:
        """Fill in the hosted page and send it, without following the redirect."""
        form = {
            "email": "reader@example.org",
            "cardNumber": card,
            "cardExpiry": "12 / 34",
            "cardCvc": "123",
            **typed,
        }
        url = f"{self.server.base_url}/c/pay/{session.id}"
        return self.http.post(url, form, allow_redirects=False)

    def answer_challenge(self, session: stripe.checkout.Session, outcome: str) -> requests.Response:
        url = f"{self.server.base_url}/c/challenge/{session.id}"
        return self.http.post(url, {"outcome": outcome}, allow_redirects=False)

    def control(self, path: str, /, **body: Any) -> dict[str, Any]:
        answer = self.http.post(f"{self.server.base_url}/_sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self) -> dict[str, Any]:
        return self.http.get(f"{self.server.base_url}/_sandbox/state").json()

    def kinds(self) -> set[str]:
        """The kinds of which at least one object exists."""
        return {kind for kind, found in self.state()["objects"].items() if found}

    def again(self, session: stripe.checkout.Session, *expand: str) -> stripe.checkout.Session:
        return self.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": list(expand)})

    def subscribe(self, card: str = PAYS, **changes: Any) -> stripe.checkout.Session:
        session = self.open("subscription", **changes)
        assert self.pay(session, card).status_code == 303
        return self.again(session)

    def give(self, card: str = PAYS, **changes: Any) -> stripe.checkout.Session:
        session = self.open("payment", **changes)
        assert self.pay(session, card).status_code == 303
        return self.again(session)

    def event_types(self, after: int = 0) -> list[str]:
        """The types of all events in the order in which they happened, without the first `after`."""
        events = self.stripe.v1.events.list({"limit": 100}).data
        return [event.type for event in reversed(events)][after:]
