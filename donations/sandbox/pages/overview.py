"""`/_sandbox/`: what happened here, for a person. Plainly a test tool."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template

from donations.sandbox.money import display
from donations.sandbox.webhooks import deliveries, plan
from donations.sandbox.world import World

_SHOWN = 50


def make_blueprint(world: World) -> Blueprint:
    blueprint = Blueprint("overview", __name__)

    def show() -> str:
        return render_template(
            "overview.html",
            now=_moment(world.now()),
            mode=plan.current(world).mode.value,
            sessions=[
                {
                    **session,
                    "at": _moment(session["created"]),
                    "amount": display(session["amount_total"], session["currency"]),
                }
                for session in world.store.search("checkout.session", limit=_SHOWN)
            ],
            events=[
                {**event, "at": _moment(event["created"])}
                for event in world.store.search("event", limit=_SHOWN)
            ],
            deliveries=deliveries.overview(world)[:_SHOWN],
        )

    blueprint.add_url_rule("/_sandbox/", "show", show)
    return blueprint


def _moment(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S")
