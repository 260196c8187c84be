"""How the portal looks: its pages, and what they show of subscriptions and invoices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template

from donations.sandbox.document import Document
from donations.sandbox.flows.portal import default_method, is_ending
from donations.sandbox.money import display
from donations.sandbox.store import Condition
from donations.sandbox.world import World

_EVERY = {"day": "every day", "week": "every week", "month": "every month", "year": "every year"}
_SHOWN = 12
_STATUSES = {"past_due": "The last payment failed", "unpaid": "Not paid", "trialing": "Starts later"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What the reader typed, and what is wrong with it. The security code is never sent back."""

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    declined: str | None = None


def shown_subscription(world: World, subscription: Document) -> Document:
    items = subscription["items"]["data"]
    price = items[0]["price"]
    recurring = price["recurring"]
    count, interval = recurring["interval_count"], recurring["interval"]
    total = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
    return {
        "id": subscription["id"],
        "name": (world.store.find(price["product"]) or {"name": "A gift"})["name"],
        "amount": display(total, subscription["currency"]),
        "every": _EVERY[interval] if count == 1 else f"every {count} {interval}s",
        "status": _status(subscription),
        "is_ending": is_ending(subscription),
        "ends_on": _day(subscription["cancel_at"]) if subscription["cancel_at"] else None,
        "next_on": _day(items[0]["current_period_end"]),
        "method": default_method(world, world.store.get(subscription["customer"]), subscription),
    }


def shown_invoices(world: World, customer: Document) -> list[Document]:
    found = world.store.search("invoice", [Condition("customer", customer["id"])], limit=_SHOWN)
    return [
        {
            "on": _day(invoice["created"]),
            "amount": display(invoice["total"], invoice["currency"]),
            "status": invoice["status"],
        }
        for invoice in found
        if invoice["status"] != "draft"
    ]


def page(template: str, session: Document | None, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, session=session, **values), status)
    targets = ["'self'"]
    # Chromium holds the redirect after a form to form-action too, so the way back must be named.
    for url in _ways_back(session):
        parts = urlsplit(url)
        targets.append(f"{parts.scheme}://{parts.netloc}")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src data:; form-action {' '.join(targets)};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def see_other(session: Document, path: str = "") -> Response:
    return make_response(redirect(f"/p/session/{session['id']}{path}", 303))


def leave(url: str) -> Response:
    response = make_response(redirect(url, 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _ways_back(session: Document | None) -> list[str]:
    if session is None or session["flow"] is None:
        return []
    redirection = session["flow"]["after_completion"]["redirect"]
    return [redirection["return_url"]] if redirection else []


def _status(subscription: Document) -> str | None:
    if subscription["pause_collection"]:
        return "Paused"
    return _STATUSES.get(subscription["status"])


def _day(timestamp: int) -> str:
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment.day} {moment.strftime('%B %Y')}"
