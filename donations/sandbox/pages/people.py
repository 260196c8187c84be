"""`/_sandbox/`: what happened here, for a person, with buttons for what may happen next. No script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from donations.sandbox.api import fault_plan, faults
from donations.sandbox.api.fault_kinds import KINDS, Fault
from donations.sandbox.flows import standing
from donations.sandbox.pages import controls, paging, reading, upcoming
from donations.sandbox.pages.forms import Notices
from donations.sandbox.pages.known_cards import TEST_CARDS
from donations.sandbox.pages.paging import Page, Place
from donations.sandbox.pages.rows import Row, moment
from donations.sandbox.pages.sections import SECTIONS, Section, event_row
from donations.sandbox.pages.sending import delivery_page, endpoint_rows
from donations.sandbox.store import Condition
from donations.sandbox.webhooks import deliveries, plan
from donations.sandbox.world import World

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_NAVIGATION: Sequence[tuple[str, str]] = (
    ("", "Overview"),
    *((slug, section.title) for slug, section in SECTIONS.items()),
    ("deliveries", "Deliveries"),
    ("endpoints", "Endpoints"),
    ("trouble", "Trouble"),
    ("cards", "Test cards"),
)
_LATEST = 8
_DONE_SHOWN = 20


def make_blueprint(world: World, notices: Notices) -> Blueprint:
    pages = _Pages(world, notices)
    blueprint = Blueprint("people", __name__)
    blueprint.add_url_rule("/_sandbox/", "overview", pages.overview)
    for slug, section in SECTIONS.items():
        blueprint.add_url_rule(f"/_sandbox/{slug}", slug, pages.listing(slug, section))
    blueprint.add_url_rule("/_sandbox/deliveries", "deliveries", pages.deliveries)
    blueprint.add_url_rule("/_sandbox/endpoints", "endpoints", pages.endpoints)
    blueprint.add_url_rule("/_sandbox/trouble", "trouble", pages.trouble)
    blueprint.add_url_rule("/_sandbox/cards", "cards", pages.cards)
    blueprint.add_url_rule("/_sandbox/events/<event_id>", "event", pages.event)
    blueprint.add_url_rule("/_sandbox/objects/<object_id>", "object", pages.object)
    return blueprint


class _Pages:
    def __init__(self, world: World, notices: Notices) -> None:
        self._world = world
        self._notices = notices

    def overview(self) -> Response:
        events = self._world.store.search("event", limit=_LATEST)
        return self._page(
            "overview.html",
            "",
            next_charge=moment(upcoming.next_charge(self._world)),
            figures=reading.figures(self._world),
            plan=plan.current(self._world),
            fault_plan=fault_plan.current(self._world),
            faults=len(faults.waiting(self._world)),
            columns=SECTIONS["events"].columns,
            rows=[event_row(self._world, event) for event in events],
        )

    def listing(self, slug: str, section: Section) -> Callable[[], Response]:
        def show() -> Response:
            chosen = {name: request.args[name] for name in _FILTERS.get(slug, ()) if request.args.get(name)}
            page = paging.of_kind(self._world, section.kind, _place(), _conditions(chosen))
            rows = [section.row(self._world, item) for item in page.items]
            return self._list(slug, section.columns, rows, page, section.when_empty, chosen)

        return show

    def deliveries(self) -> Response:
        state = request.args.get("state")
        chosen = {"state": state} if state in deliveries.STATES else {}
        columns, rows, page = delivery_page(self._world, _place(), chosen.get("state"))
        counts = deliveries.counts(self._world)
        return self._list("deliveries", columns, rows, page, "Nothing here.", chosen, states=counts)

    def endpoints(self) -> Response:
        columns, rows = endpoint_rows(self._world)
        empty = "There is no endpoint, so events are only kept for the API to list."
        return self._list("endpoints", columns, rows, Page(()), empty, {})

    def trouble(self) -> Response:
        return self._page(
            "trouble.html",
            "trouble",
            plan=plan.current(self._world),
            held=deliveries.counts(self._world)["held"],
            kinds=[(kind, kind.replace("_", " ")) for kind in KINDS],
            retries=standing.retries(self._world),
            fault_plan=fault_plan.current(self._world),
            waiting=[{**kept, "words": Fault(**kept).in_words()} for kept in faults.waiting(self._world)],
            done=[
                {**done, "at": moment(done["at"])}
                for done in reversed(faults.done(self._world)[-_DONE_SHOWN:])
            ],
        )

    def cards(self) -> Response:
        return self._page("cards.html", "cards", cards=TEST_CARDS)

    def event(self, event_id: str) -> Response:
        event = self._world.store.find(event_id)
        if event is None or event["object"] != "event":
            return self._missing()
        return self._page(
            "event.html",
            "events",
            event=event,
            at=moment(event["created"]),
            body=reading.as_json(event),
            mentioned=reading.mentioned(self._world, event["data"]["object"]),
            sendings=reading.sendings(self._world, event_id),
        )

    def object(self, object_id: str) -> Response:
        found = self._world.store.find(object_id)
        if found is None:
            return self._missing()
        events = self._world.store.search(
            "event", [Condition("data.object.id", object_id)], limit=_LATEST * 2
        )
        return self._page(
            "object.html",
            "",
            found=found,
            body=reading.as_json(found),
            mentioned=reading.mentioned(self._world, found),
            columns=SECTIONS["events"].columns,
            rows=[event_row(self._world, event) for event in events],
        )

    def _missing(self) -> Response:
        return self._page("missing.html", "", 404, found=None)

    def _list(
        self,
        slug: str,
        columns: Sequence[str],
        rows: Sequence[Row],
        page: Page,
        when_empty: str,
        chosen: dict[str, str],
        **more: Any,
    ) -> Response:
        template = f"{slug}.html" if slug in {"deliveries", "endpoints", "events"} else "section.html"
        return self._page(
            template,
            slug,
            columns=columns,
            rows=rows,
            page=page,
            when_empty=when_empty,
            chosen=chosen,
            **more,
        )

    def _page(self, template: str, slug: str, status: int = 200, **values: Any) -> Response:
        rendered = render_template(
            f"people/{template}",
            navigation=_NAVIGATION,
            here=slug,
            title=dict(_NAVIGATION)[slug],
            now=moment(self._world.now()),
            notice=self._notices.find(request.args.get("notice")),
            back=request.full_path.rstrip("?"),
            can=controls.exists,
            **values,
        )
        response = make_response(rendered, status)
        response.headers["Content-Security-Policy"] = _POLICY
        # With `no-referrer` a browser would not say where a form came from.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response


_FILTERS = {"subscriptions": ("customer", "status"), "events": ("type",)}


def _conditions(chosen: dict[str, str]) -> list[Condition]:
    return [Condition(name, value, "GLOB" if "*" in value else "=") for name, value in chosen.items()]


def _place() -> Place:
    def number(name: str) -> int | None:
        value = request.args.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

    newer = number("newer_than")
    return Place(newer_than=newer) if newer is not None else Place(older_than=number("older_than"))
