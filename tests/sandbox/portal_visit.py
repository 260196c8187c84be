"""A reader's hands in the portal: open a link, press what is there, and see where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from tests.sandbox.desk import Desk


@dataclass(frozen=True, slots=True)
class PortalVisit:
    desk: Desk
    url: str

    @classmethod
    def open(cls, desk: Desk, customer: str, **given: Any) -> PortalVisit:
        session = desk.stripe.v1.billing_portal.sessions.create({"customer": customer, **given})
        return cls(desk, session.url)

    def see(self, path: str = "") -> requests.Response:
        return self.desk.http.get(self.url + path)

    def send(self, path: str, **typed: str) -> requests.Response:
        """Send a form of the page, without following the redirect."""
        return self.desk.http.post(self.url + path, typed, allow_redirects=False)

    def change_card(self, number: str, **typed: str) -> requests.Response:
        return self.send(
            "/card", **{"cardNumber": number, "cardExpiry": "12 / 34", "cardCvc": "123", **typed}
        )

    def answer_challenge(self, outcome: str) -> requests.Response:
        return self.send("/challenge", outcome=outcome)

    def cancel(self, subscription: str, when: str, **typed: str) -> requests.Response:
        return self.send(f"/subscriptions/{subscription}/cancel", when=when, **typed)

    def renew(self, subscription: str) -> requests.Response:
        return self.send(f"/subscriptions/{subscription}/renew")
