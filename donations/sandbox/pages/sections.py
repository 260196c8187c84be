"""The lists of the people's page: for each kind of object its columns, and what can be done to a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.money import display
from donations.sandbox.objects.subscription import ENDED
from donations.sandbox.pages.rows import Button, Cell, Row, day, link_to, moment, standing
from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    kind: str
    columns: Sequence[str]
    row: Callable[[World, Document], Row]
    when_empty: str


def _customer(_world: World, customer: Document) -> Row:
    return Row(
        [
            Cell(customer["email"] or "no email", href=f"/_sandbox/objects/{customer['id']}"),
            Cell(customer["name"] or "–"),
            Cell("its subscriptions", href=f"/_sandbox/subscriptions?customer={customer['id']}"),
            Cell(moment(customer["created"])),
        ]
    )


def _subscription(world: World, subscription: Document) -> Row:
    item = subscription["items"]["data"][0]
    status, ended = subscription["status"], subscription["status"] in ENDED
    who = _email(world, subscription["customer"])
    about = {"subscription": subscription["id"]}
    return Row(
        [
            link_to(subscription["id"], who),
            Cell(_every(subscription), is_number=True),
            standing(status, _ending(subscription)),
            Cell("–" if ended else moment(item["current_period_end"])),
        ],
        () if ended else (Button("renew", "Renew now", about, who), *_on_card(world, subscription, who)),
    )


def _on_card(world: World, subscription: Document, who: str) -> list[Button]:
    """Let the card fail from now on, or work again, or expire. A debit is decided when it is on its way."""
    method_id = subscription["default_payment_method"]
    if method_id is None or world.store.get(method_id)["type"] != "card":
        return []
    pays = world.store.private(method_id)["behaviour"] == Behaviour.PAYS
    label, behaviour = (
        ("Let its card fail", Behaviour.DECLINED) if pays else ("Let its card pay", Behaviour.PAYS)
    )
    about = {"payment_method": method_id}
    today = datetime.fromtimestamp(world.now(), UTC)
    soon = {"exp_month": str(today.month), "exp_year": str(today.year)}
    return [
        Button("cards", label, {**about, "behaviour": behaviour.value}, who),
        Button("cards", "Let its card expire this month", {**about, **soon}, who),
    ]


def _every(subscription: Document) -> str:
    items = subscription["items"]["data"]
    total = sum((item["price"]["unit_amount"] or 0) * (item.get("quantity") or 1) for item in items)
    recurring = items[0]["price"]["recurring"]
    count, interval = recurring["interval_count"], recurring["interval"]
    each = f"a {interval}" if count == 1 else f"every {count} {interval}s"
    return f"{display(total, subscription['currency'])} {each}"


def _ending(subscription: Document) -> str:
    if subscription["status"] in ENDED:
        return ""
    if subscription["cancel_at"]:
        return f"ends {day(subscription['cancel_at'])}"
    if subscription["pause_collection"]:
        return "collection paused"
    return f"clock {subscription['test_clock']}" if subscription["test_clock"] else ""


def _checkout(_world: World, session: Document) -> Row:
    amount = session["amount_total"]
    return Row(
        [
            link_to(session["id"]),
            Cell("–" if amount is None else display(amount, session["currency"]), is_number=True),
            Cell(session["mode"]),
            standing(session["status"], session["payment_status"].replace("_", " ")),
            Cell("hosted page", href=session["url"]) if session["url"] else Cell("–"),
            Cell(moment(session["created"])),
        ]
    )


def _invoice(_world: World, invoice: Document) -> Row:
    due = invoice["next_payment_attempt"] or invoice["automatically_finalizes_at"]
    is_open = invoice["status"] == "open"
    return Row(
        [
            link_to(invoice["id"], invoice["number"]),
            Cell(invoice["customer_email"] or "–"),
            Cell(display(invoice["total"], invoice["currency"]), is_number=True),
            standing(invoice["status"], f"tried {invoice['attempt_count']}×"),
            Cell(moment(due) if invoice["status"] in {"draft", "open"} else "–"),
            Cell("hosted page", href=invoice["hosted_invoice_url"]) if is_open else Cell("–"),
            Cell(moment(invoice["created"])),
        ]
    )


def _payment(world: World, intent: Document) -> Row:
    charge = world.store.find(intent["latest_charge"]) if intent["latest_charge"] else None
    back = charge["amount_refunded"] if charge else 0
    more = f"{display(back, intent['currency'])} refunded" if back else ""
    return Row(
        [
            link_to(intent["id"]),
            Cell(_email(world, intent["customer"]) if intent["customer"] else _receipt(charge)),
            Cell(display(intent["amount"], intent["currency"]), is_number=True),
            standing(intent["status"], "disputed" if charge and charge["disputed"] else more),
            Cell(moment(intent["created"])),
        ],
        tuple(_on_payment(intent, charge)),
    )


def _on_payment(intent: Document, charge: Document | None) -> list[Button]:
    about, amount = {"payment_intent": intent["id"]}, display(intent["amount"], intent["currency"])
    if intent["status"] == "processing":
        return [
            Button("debits", "Settle", {**about, "outcome": "succeed"}, amount),
            Button("debits", "Let it fail", {**about, "outcome": "fail"}, amount),
        ]
    if charge and charge["status"] == "succeeded" and not charge["disputed"] and not charge["refunded"]:
        return [
            Button("disputes", "Dispute", about, amount),
            Button("fraud_warnings", "Warn of fraud", about, amount),
        ]
    return []


def _refund(_world: World, refund: Document) -> Row:
    fails = Button("refunds", "Let it fail", {"refund": refund["id"], "outcome": "fail"}, refund["id"])
    return Row(
        [
            link_to(refund["id"]),
            link_to(refund["payment_intent"]) if refund["payment_intent"] else Cell("–"),
            Cell(display(refund["amount"], refund["currency"]), is_number=True),
            standing(refund["status"]),
            Cell(moment(refund["created"])),
        ],
        (fails,) if refund["status"] in {"pending", "succeeded"} else (),
    )


_DISPUTE_OUTCOMES = {"win": "Win", "lose": "Lose"}
_INQUIRY_OUTCOMES = {"close": "Close", "escalate": "Escalate"}
_DECIDED = frozenset({"won", "lost", "warning_closed", "prevented"})


def _dispute(_world: World, dispute: Document) -> Row:
    outcomes = _INQUIRY_OUTCOMES if dispute["status"].startswith("warning_") else _DISPUTE_OUTCOMES
    buttons = [
        Button("disputes/close", label, {"dispute": dispute["id"], "outcome": outcome}, dispute["id"])
        for outcome, label in outcomes.items()
    ]
    return Row(
        [
            link_to(dispute["id"]),
            link_to(dispute["charge"]),
            Cell(display(dispute["amount"], dispute["currency"]), is_number=True),
            Cell(dispute["reason"].replace("_", " ")),
            standing(dispute["status"]),
            Cell(day(dispute["evidence_details"]["due_by"])),
        ],
        () if dispute["status"] in _DECIDED else tuple(buttons),
    )


def event_row(_world: World, event: Document) -> Row:
    subject = event["data"]["object"]
    return Row(
        [
            Cell(event["type"], href=f"/_sandbox/events/{event['id']}"),
            link_to(subject["id"]) if "id" in subject else Cell("–"),
            Cell(moment(event["created"])),
        ]
    )


def _email(world: World, customer_id: str) -> str:
    customer = world.store.find(customer_id)
    email: str | None = customer.get("email") if customer else None
    return email or customer_id


def _receipt(charge: Document | None) -> str:
    email: str | None = charge["billing_details"]["email"] if charge else None
    return email or "–"


SECTIONS: Mapping[str, Section] = {
    "customers": Section(
        "Customers", "customer", ("Email", "Name", "Subscriptions", "Created"), _customer,
        "There are no customers yet. The first recurring gift makes one.",
    ),
    "subscriptions": Section(
        "Subscriptions", "subscription", ("Customer", "Amount", "Standing", "Next renewal"), _subscription,
        "There are no subscriptions yet. Give monthly or annually, and one is here.",
    ),
    "checkouts": Section(
        "Checkout sessions", "checkout.session",
        ("Session", "Amount", "Mode", "Standing", "Page", "Opened"), _checkout,
        "No session has been opened yet.",
    ),
    "invoices": Section(
        "Invoices", "invoice",
        ("Invoice", "Customer", "Total", "Standing", "Next step", "Page", "Created"), _invoice,
        "There are no invoices yet. Only subscriptions make them.",
    ),
    "payments": Section(
        "Payments", "payment_intent", ("Payment", "Payer", "Amount", "Standing", "Created"), _payment,
        "Nobody has tried to pay yet.",
    ),
    "refunds": Section(
        "Refunds", "refund", ("Refund", "Payment", "Amount", "Standing", "Created"), _refund,
        "Nothing has been refunded.",
    ),
    "disputes": Section(
        "Disputes", "dispute", ("Dispute", "Charge", "Amount", "Reason", "Standing", "Answer by"), _dispute,
        "No payment is disputed. Open a dispute from the list of payments.",
    ),
    "events": Section(
        "Events", "event", ("Type", "Object", "Created"), event_row, "Nothing has happened yet.",
    ),
}  # fmt: skip
