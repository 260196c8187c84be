"""The HTTP side of the API: a Flask route for every described operation, with Stripe's headers."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Blueprint, Response, request

from donations.sandbox.api import description, form
from donations.sandbox.api.auth import check_key
from donations.sandbox.api.connection import spoil
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.form import Tree
from donations.sandbox.api.handlers import Handler
from donations.sandbox.api.pipeline import Answer, Pipeline, Request
from donations.sandbox.api.routes import ROUTES
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.settings import API_VERSION, SUPPORTED_VERSIONS
from donations.sandbox.world import World

_FORM = "application/x-www-form-urlencoded"


def make_blueprint(world: World) -> Blueprint:
    blueprint = Blueprint("api", __name__)
    for place, ((method, path), handler) in enumerate(ROUTES.items()):
        blueprint.add_url_rule(
            path.replace("{", "<").replace("}", ">"),
            endpoint=f"route_{place}",
            view_func=_view(world, method, path, handler),
            methods=[method],
            provide_automatic_options=False,
        )
    blueprint.add_url_rule("/v1/<path:rest>", "unknown", _unknown, methods=["GET", "POST", "DELETE"])
    return blueprint


def _view(world: World, method: str, path: str, handler: Handler) -> Callable[..., Response]:
    pipeline = Pipeline(world, description.operation(method, path), handler)

    def view(**ids: str) -> Response:
        request_id = new_id("req")
        try:
            _check_request()
            key = request.headers.get("Idempotency-Key")
            return _respond(
                pipeline.answer(Request(request_id, method, request.path, ids, _read_form(), key)), request_id
            )
        except ApiError as error:
            return _respond(Answer(error.status, error.body(), error.headers), request_id)

    return view


def _unknown(rest: str) -> Response:
    error = ApiError(
        f"Unrecognized request URL ({request.method}: /v1/{rest}). If you are trying to list objects, remove"
        " the trailing slash. The sandbox does only a part of Stripe's API.",
        status=404,
    )
    return _respond(Answer(404, error.body()), new_id("req"))


def _check_request() -> None:
    check_key(request.headers.get("Authorization"))
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version not in SUPPORTED_VERSIONS:
        raise ApiError(f"Invalid Stripe API version: {version}", is_kept=False)


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
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    key = request.headers.get("Idempotency-Key")
    if key and key.isascii() and key.isprintable():
        response.headers["Idempotency-Key"] = key
    response.headers.update(answer.headers)
    return spoil(response, request.environ, answer.fault)


def json_response(body: Document, status: int = 200) -> Response:
    return Response(json.dumps(body, indent=2) + "\n", status, content_type="application/json")
