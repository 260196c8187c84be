"""Lists of what is sent and where to: deliveries with their standing, endpoints with their choices."""

from __future__ import annotations

from collections.abc import Sequence

from donations.sandbox.document import Document
from donations.sandbox.pages import paging
from donations.sandbox.pages.paging import Page, Place
from donations.sandbox.pages.rows import Button, Cell, Row, moment, standing
from donations.sandbox.webhooks import deliveries, endpoints
from donations.sandbox.world import World

_DELIVERY_COLUMNS = ("Event", "Endpoint", "Standing", "Tries", "Last answer", "Next try")
_ENDPOINT_COLUMNS = ("Address", "Events", "Body", "Standing")
_TYPES_SHOWN = 4


def delivery_page(world: World, place: Place, state: str | None) -> tuple[Sequence[str], list[Row], Page]:
    def fetch(place: Place, limit: int) -> list[Document]:
        return deliveries.page(
            world, state=state, older_than=place.older_than, newer_than=place.newer_than, limit=limit
        )

    page = paging.cut(fetch, lambda delivery: delivery["id"], place)
    return _DELIVERY_COLUMNS, [_delivery(world, delivery) for delivery in page.items], page


def _delivery(world: World, delivery: Document) -> Row:
    event = world.store.find(delivery["event"])
    type = event["type"] if event else delivery["event"]
    endpoint = world.store.find(delivery["endpoint"])
    again = {"event": delivery["event"], "endpoint": delivery["endpoint"]}
    waits = delivery["state"] == "pending"
    return Row(
        [
            Cell(type, href=f"/_sandbox/events/{delivery['event']}"),
            Cell(endpoint["url"] if endpoint else "gone"),
            standing(delivery["state"]),
            Cell(str(delivery["attempts"]), is_number=True),
            Cell(delivery["answer"] or "–"),
            Cell(moment(delivery["next_at"]) if waits and delivery["next_at"] else "–"),
        ],
        () if endpoint is None or waits else (Button("deliveries/resend", "Send again", again, type),),
    )


def endpoint_rows(world: World) -> tuple[Sequence[str], list[Row]]:
    return _ENDPOINT_COLUMNS, [_endpoint(endpoint) for endpoint in endpoints.all_of(world)]


def _endpoint(endpoint: endpoints.Endpoint) -> Row:
    about, more = {"endpoint": endpoint.id}, len(endpoint.enabled_events) - _TYPES_SHOWN
    types = "all" if "*" in endpoint.enabled_events else ", ".join(endpoint.enabled_events[:_TYPES_SHOWN])
    switch = ("disable", "Disable") if endpoint.is_enabled else ("enable", "Enable")
    return Row(
        [
            Cell(endpoint.url, href=f"/_sandbox/objects/{endpoint.id}"),
            Cell(f"{types} and {more} more" if more > 0 else types),
            Cell("thin" if endpoint.is_thin else f"snapshot, {endpoint.api_version or 'account’s version'}"),
            standing("enabled" if endpoint.is_enabled else "disabled"),
        ],
        (
            Button(f"endpoints/{switch[0]}", switch[1], about, endpoint.url),
            Button("endpoints/delete", "Delete", about, endpoint.url),
        ),
    )
