"""Stripe calls. The notice is verified, kept and answered; what it means is found out by the worker.

Nothing but one short transaction stands between the signature and the 200, so webhooks keep
answering while Stripe's API is slow or dead, and a 200 means that the event is on disk.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from config import StripeMode
from donations import runtime
from donations.domain.counting import Counted, Rejection
from donations.gateway.errors import BadPayload, BadSignature, PayloadTooLarge
from donations.gateway.notices import LARGEST_BODY, Notice, read_notice
from donations.models.database import at_once
from donations.runtime import system_clock
from donations.services import quick_inbox
from donations.services.inbox import Received
from donations.web.policy import route_policy
from donations.web.request_log import log_with

log = structlog.get_logger("donations.web.stripe_webhook")
blueprint = Blueprint("stripe_webhook", __name__)

_RETRY_SECONDS: Final = "5"
_PART: Final = 64 * 1024


@blueprint.post("/webhooks/stripe")
@route_policy(audience="stripe", csrf="signature", cache="no-store")
def receive() -> Response:
    """200 once the event is kept; 400, 413 or 404 for what is not Stripe's; 503 where we cannot keep it.

    Signatures are compared with real time, by which the sandbox signs too, however far its clock is.
    """
    current = runtime.current()
    secrets = current.config.stripe_webhook_secrets
    if not secrets:
        return _answer(404)
    try:
        notice = read_notice(_body(), request.headers.get("Stripe-Signature"), secrets, system_clock())
    except (RequestEntityTooLarge, PayloadTooLarge):
        return _refuse(413, Rejection.TOO_LARGE)
    except BadSignature:
        return _refuse(400, Rejection.BAD_SIGNATURE)
    except BadPayload:
        return _refuse(400, Rejection.BAD_PAYLOAD)
    log_with(stripe_event_id=notice.event_id, event_type=notice.type, stripe_id=notice.object_id)
    try:
        received = _keep(current, notice)
    except SQLAlchemyError as error:
        return _try_again(error)
    current.tally.add(Counted.ACCEPTED if received.is_new else Counted.DUPLICATE)
    if received.is_marked:
        current.wake()
    return _answer(200)


def _body() -> bytes:
    """The raw bytes, as they were signed. Raises RequestEntityTooLarge.

    The cap is put on the reading itself, because a Content-Length may be absent or a lie.
    """
    request.max_content_length = LARGEST_BODY + 1
    body = bytearray()
    # A stream may give less than it was asked for, so it is read until it has no more.
    while part := request.stream.read(_PART):
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
    with at_once() as connection:
        return quick_inbox.receive(connection, notice, current.now(), expects_live=expects_live)


def _refuse(status: int, reason: Rejection) -> Response:
    runtime.current().tally.add(Counted.REJECTED, reason)
    log.warning("webhook_refused", status=status, reason=reason)
    return _answer(status)


def _try_again(error: SQLAlchemyError) -> Response:
    runtime.current().tally.add(Counted.NOT_KEPT)
    log.error("webhook_not_kept", error=type(error).__name__)
    return _answer(503)


def _answer(status: int) -> Response:
    """No body: Stripe shows it to nobody, and a stranger needs no explanation."""
    response = Response(status=status, mimetype="text/plain")
    if status == 503:
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response
