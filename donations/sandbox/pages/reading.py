"""What the people's page reads across objects: figures, an object's JSON, and where it leads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.pages.rows import Cell, link_to, moment
from donations.sandbox.webhooks import deliveries
from donations.sandbox.world import World

_MOST_MENTIONED = 12


def figures(world: World) -> list[tuple[str, int, str]]:
    """Label, number, and the list that it counts."""
    kinds = dict(world.store.execute("SELECT kind, count(*) FROM objects GROUP BY kind"))
    states = deliveries.counts(world)
    standings = world.store.execute(
        "SELECT json_extract(body, '$.status') AS status, count(*) FROM objects WHERE kind = 'subscription'"
        " GROUP BY status ORDER BY 2 DESC"
    )
    return [
        ("customers", kinds.get("customer", 0), "/_sandbox/customers"),
        ("checkout sessions", kinds.get("checkout.session", 0), "/_sandbox/checkouts"),
        ("payments", kinds.get("payment_intent", 0), "/_sandbox/payments"),
        *(
            (f"subscriptions {status.replace('_', ' ')}", number, f"/_sandbox/subscriptions?status={status}")
            for status, number in standings
        ),
        ("disputes", kinds.get("dispute", 0), "/_sandbox/disputes"),
        ("events", kinds.get("event", 0), "/_sandbox/events"),
        *(
            (f"deliveries {state.replace('_', ' ')}", number, f"/_sandbox/deliveries?state={state}")
            for state, number in states.items()
            if number
        ),
    ]


def as_json(document: Document) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def mentioned(world: World, document: Document) -> list[Cell]:
    """Links to the other objects that this one names."""
    found: list[Cell] = []
    for text in dict.fromkeys(_strings(document)):
        if "_" in text and len(text) < 80 and text != document.get("id"):
            other = world.store.find(text)
            if other is not None and len(found) < _MOST_MENTIONED:
                found.append(link_to(text))
    return found


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(value)


def sendings(world: World, event_id: str) -> list[Document]:
    """The deliveries of an event, each with every try."""
    return [
        {
            **found,
            "url": (world.store.find(found["endpoint"]) or {}).get("url", "an endpoint that is gone"),
            "next_at": moment(found["next_at"]),
            "tries": [
                {**attempt, "made_at": moment(attempt["made_at"])}
                for attempt in deliveries.attempts_of(world, found["id"])
            ],
        }
        for found in deliveries.of_event(world, event_id)
    ]
