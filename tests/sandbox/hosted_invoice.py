"""A reader's hands on the page of an invoice."""

from __future__ import annotations

from dataclasses import dataclass

import requests
import stripe

from tests.sandbox.desk import PAYS, Desk


@dataclass(frozen=True, slots=True)
class HostedInvoice:
    desk: Desk
    invoice: stripe.Invoice

    def see(self) -> requests.Response:
        return self.desk.http.get(str(self.invoice.hosted_invoice_url))

    def send(self, answer: str, card: str = PAYS, **typed: str) -> requests.Response:
        """Press `complete` or `fail`, or send a `card`, without following the redirect."""
        form = {"cardNumber": card, "cardExpiry": "12 / 34", "cardCvc": "123", **typed}
        given = form if answer == "card" else {"outcome": answer}
        return self.desk.http.post(str(self.invoice.hosted_invoice_url), given, allow_redirects=False)

    def buttons(self) -> list[str]:
        page = self.see().text
        return [part.split("</button>")[0].rpartition(">")[2] for part in page.split("<button")[1:]]
