"""What goes wrong inside the staff's pages, said in their own frame."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.errors import NotFound
from donations.web.staff.gate import find_member, guard, to_login


def install_problems(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(Forbidden, _forbidden)
    blueprint.register_error_handler(NotFound, _not_found)
    blueprint.register_error_handler(CSRFError, _stale_form)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)


def _forbidden(_error: Forbidden) -> Response:
    return _page(
        HTTPStatus.FORBIDDEN,
        "Your role does not include this page",
        "Somebody who manages staff can change what you may see.",
    )


def _not_found(error: NotFound) -> Response:
    return _page(HTTPStatus.NOT_FOUND, str(error), "The address may be mistyped, or what it named is gone.")


def _stale_form(_error: CSRFError) -> AnyResponse:
    """CSRF is checked before the gate, so the gate is asked here."""
    answer = guard()
    if answer is not None:
        return answer
    if find_member() is None and request.endpoint != "staff.log_in":
        return to_login()
    return _page(
        HTTPStatus.BAD_REQUEST,
        "That form is no longer valid",
        "It was opened before your last login, or your browser blocks cookies. Go back, load the page "
        "again, and send it once more. Nothing was changed.",
    )


def _too_large(_error: RequestEntityTooLarge) -> AnyResponse:
    """A form is read before the gate, so the gate is asked here."""
    answer = guard()
    if answer is not None:
        return answer
    return _page(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "That file is too large",
        "Nothing was changed. Choose a smaller one, such as one with fewer years in it, and send it again.",
    )


def _page(status: HTTPStatus, heading: str, text: str) -> Response:
    page = render_template("staff/problem.html", heading=heading, text=text)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
