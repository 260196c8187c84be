"""The HTTP side of the API: a Flask route for every operation, with Stripe's headers."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Blueprint, Response, request

from donations.sandbox.api import form
from donations.sandbox.api.auth import check_key
from donations.sandbox.api.connection import spoil
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.form import Tree
from donations.sandbox.api.handlers import Handler
from donations.sandbox.api.pipeline import Answer, Pipeline, Request
from donations.sandbox.api.routes import ROUTES
from donations.sandbox.api.tool_routes import TOOL_ROUTES
from donations.sandbox.api.unknown import unknown_url
from donations.sandbox.api.versions import answered_version, asked_version
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.world import World

_METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"]
_FORM = "application/x-www-form-urlencoded"


def make_blueprint(world: World) -> Blueprint:
    blueprint = Blueprint("api", __name__)
    for place, ((method, path), handler) in enumerate({**ROUTES, **TOOL_ROUTES}.items()):
        blueprint.add_url_rule(
            path.replace("{", "<").replace("}", ">"),
            endpoint=f"route_{place}",
            view_func=_view(world, method, path, handler),
            methods=[method],
            provide_automatic_options=False,
        )
    blueprint.add_url_rule("/v1/<path:rest>", "unknown", _unknown, methods=_METHODS)
    return blueprint


def _view(world: World, method: str, path: str, handler: Handler) -> Callable[..., Response]:
    pipeline = Pipeline(world, path, handler)

    def view(**ids: str) -> Response:
        request_id = new_id("req")
        try:
            check_key(request.headers.get("Authorization"))
            version = asked_version(request.headers.get("Stripe-Version"))
            key = request.headers.get("Idempotency-Key")
            asked = Request(request_id, method, request.path, ids, _read_form(), version, key)
            return _respond(pipeline.answer(asked), request_id)
        except ApiError as error:
            return _respond(Answer(error.status, error.body(), error.headers), request_id)

    return view


def _unknown(rest: str) -> Response:
    try:
        check_key(request.headers.get("Authorization"))
        raise unknown_url(request.method, f"/v1/{rest}")
    except ApiError as error:
        return _respond(Answer(error.status, error.body(), error.headers), new_id("req"))


def _read_form() -> Tree:
    body = request.get_data()
    if body and request.mimetype != _FORM:
        raise ApiError(
            f"Invalid request (check that your POST content type is {_FORM})."
            " If you have questions, we can help at https://support.stripe.com/.",
            is_kept=False,
        )
    # DELETE takes its parameters from either place; a GET has only its query.
    return form.decode(b"&".join(part for part in (request.query_string, body) if part))


def _respond(answer: Answer, request_id: str) -> Response:
    response = json_response(answer.body, answer.status or 500)
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = answered_version(request.headers.get("Stripe-Version"))
    key = request.headers.get("Idempotency-Key")
    if key and key.isascii() and key.isprintable():
        response.headers["Idempotency-Key"] = key
    response.headers.update(answer.headers)
    return spoil(response, request.environ, answer.fault)


def json_response(body: Document, status: int = 200) -> Response:
    return Response(json.dumps(body, indent=2) + "\n", status, content_type="application/json")
