"""The v2 API, as far as thin events need it: fetch one event."""

from __future__ import annotations

from flask import Blueprint, Response, request

from donations.sandbox.api import faults
from donations.sandbox.api.auth import check_key
from donations.sandbox.api.blueprint import json_response
from donations.sandbox.api.call import Call
from donations.sandbox.api.connection import spoil
from donations.sandbox.api.errors import ApiError
from donations.sandbox.ids import new_id
from donations.sandbox.objects import event
from donations.sandbox.world import World


def make_blueprint(world: World) -> Blueprint:
    blueprint = Blueprint("api_v2", __name__)

    def retrieve_event(event_id: str) -> Response:
        fault = None
        try:
            check_key(request.headers.get("Authorization"))
            fault = faults.take(world, request.method, request.path)
            faults.wait(fault)
            faults.refuse_before_start(fault)
            faults.refuse_at_work(fault)
            response = json_response(event.retrieve_thin(Call(world, {"id": event_id}, {})))
        except ApiError as error:
            response = json_response(error.body(), error.status)
            response.headers.update(error.headers)
        response.headers["Request-Id"] = new_id("req")
        return spoil(response, request.environ, fault)

    blueprint.add_url_rule("/v2/core/events/<event_id>", "retrieve_event", retrieve_event)
    return blueprint
