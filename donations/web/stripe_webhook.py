"""Stripe calls. The notice is verified, kept and answered; what it means is found out by the worker.

Nothing but one short transaction stands between the signature and the 200, so webhooks keep
answering while Stripe's API is slow or dead, and a 200 means that the event is on disk.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from config import StripeMode
from donations import runtime
from donations.domain.counting import Counted, Rejection
from donations.gateway.errors import BadPayload, BadSignature, PayloadTooLarge
from donations.gateway.notices import LARGEST_BODY, Notice, read_notice
from donations.models.database import write_at_once
from donations.runtime import system_clock
from donations.services import quick_inbox
from donations.services.inbox import Received
from donations.web.policy import route_policy
from donations.web.request_log import log_with
from donations.web.short_cut import BareAnswer, install_short_cut

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger("donations.web.stripe_webhook")
blueprint = Blueprint("stripe_webhook", __name__)

_PATH: Final = "/webhooks/stripe"
_PART: Final = 64 * 1024
_KEPT: Final = BareAnswer(HTTPStatus.OK)
_TRY_AGAIN: Final = BareAnswer(HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", "5"),))


def install_stripe_webhook(app: Flask) -> None:
    """Register the address, and the short cut that answers there."""
    app.register_blueprint(blueprint)
    install_short_cut(app, _PATH, take_in)


@blueprint.post(_PATH)
@route_policy(audience="stripe", csrf="signature", cache="no-store")
def receive() -> Response:
    """What the short cut answers, for whoever comes through Flask."""
    answer = take_in(request.environ)
    return Response(status=answer.status, headers=answer.headers, mimetype="text/plain")


def take_in(environ: WSGIEnvironment) -> BareAnswer:
    """200 once the event is kept; 400, 413 or 404 for what is not Stripe's; 503 where we cannot keep it.

    No body: Stripe shows it to nobody, and a stranger needs no explanation. Signatures are compared with real
    time, by which the sandbox signs too, however far its clock is.
    """
    current = runtime.current()
    secrets = current.config.stripe_webhook_secrets
    if not secrets:
        return BareAnswer(HTTPStatus.NOT_FOUND)
    try:
        notice = read_notice(_body(environ), environ.get("HTTP_STRIPE_SIGNATURE"), secrets, system_clock())
    except (RequestEntityTooLarge, PayloadTooLarge):
        return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Rejection.TOO_LARGE)
    except BadSignature:
        return _refuse(HTTPStatus.BAD_REQUEST, Rejection.BAD_SIGNATURE)
    except (BadPayload, ClientDisconnected):
        return _refuse(HTTPStatus.BAD_REQUEST, Rejection.BAD_PAYLOAD)
    log_with(stripe_event_id=notice.event_id, event_type=notice.type, stripe_id=notice.object_id)
    try:
        received = _keep(current, notice)
    except SQLAlchemyError as error:
        return _try_again(error)
    current.tally.add(Counted.ACCEPTED if received.is_new else Counted.DUPLICATE)
    if received.is_marked:
        current.wake()
    return _KEPT


def _body(environ: WSGIEnvironment) -> bytes:
    """The raw bytes, as they were signed. Raises RequestEntityTooLarge, or ClientDisconnected.

    The cap is put on the reading itself, because a Content-Length may be absent or a lie.
    """
    stream = get_input_stream(environ, max_content_length=LARGEST_BODY + 1)
    body = bytearray()
    # A stream may give less than it was asked for, so it is read until it has no more.
    while part := stream.read(_PART):
        body += part
        if len(body) > LARGEST_BODY:
            raise RequestEntityTooLarge
    return bytes(body)


def _keep(current: runtime.Runtime, notice: Notice) -> Received:
    try:
        received = _receive(current, notice)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # The connection was cut. Whether the event was kept is not known, and need not be: the same one
        # again is no second one.
        received = _receive(current, notice)
    log_with(disposition=received.disposition.value if received.is_new else "known_already")
    return received


def _receive(current: runtime.Runtime, notice: Notice) -> Received:
    expects_live = current.config.stripe_mode is StripeMode.LIVE
    now = current.now()
    return write_at_once(lambda on: quick_inbox.receive(on, notice, now, expects_live=expects_live))


def _refuse(status: HTTPStatus, reason: Rejection) -> BareAnswer:
    runtime.current().tally.add(Counted.REJECTED, reason)
    log.warning("webhook_refused", status=status.value, reason=reason)
    return BareAnswer(status)


def _try_again(error: SQLAlchemyError) -> BareAnswer:
    runtime.current().tally.add(Counted.NOT_KEPT)
    log.error("webhook_not_kept", error=type(error).__name__)
    return _TRY_AGAIN
