"""One gift can be followed through the logs, from Stripe's request to the letter, by ids alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Environment
from donations import runtime
from donations.gateway.kinds import ObjectKind
from donations.gateway.signatures import sign
from donations.jobs.send_messages import send_messages
from donations.logs import configure_logging
from donations.models import OutboxMessage
from tests.sync.desk import Desk, only
from tests.sync.lives import ids, payment_intent


@dataclass
class KeptMail:
    sent: list[EmailMessage] = field(default_factory=list[EmailMessage])

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)


def told_by_stripe(client: FlaskClient, payment_id: str) -> str:
    """Delivers the news of a payment. Returns the id that the request was given."""
    about = {"id": payment_id, "object": "payment_intent"}
    event = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": False}
    body = json.dumps(event | {"data": {"object": about}}).encode()
    secret = runtime.current().config.stripe_webhook_secrets[0]
    signature = sign(body, secret, runtime.system_clock())
    answer = client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})
    assert answer.status_code == 200
    return answer.headers["X-Request-Id"]


def test_each_step_of_a_gift_names_what_it_is_about(
    app: Flask, client: FlaskClient, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(replace(runtime.current().config, environment=Environment.PRODUCTION))
    runtime.install(app, replace(runtime.current(), now=desk.clock, wake_worker=lambda: None))
    checkout = desk.checkout()
    payment_id = ids(checkout)["payment_intent"]
    desk.tell(payment_intent(checkout))
    mail = KeptMail()

    request_id = told_by_stripe(client, payment_id)
    desk.drain()
    send_messages(desk.runtime, mail, desk.random)

    lines: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    by_event = {line["event"]: line for line in lines}
    assert by_event["request"]["request_id"] == request_id
    assert by_event["request"]["stripe_event_id"] == "evt_1"
    assert by_event["request"]["stripe_id"] == payment_id
    applied = by_event["applied"]
    assert (applied["kind"], applied["stripe_id"]) == (ObjectKind.PAYMENT_INTENT, payment_id)
    assert applied["generation"] == 1
    letter = by_event["message_sent"]
    assert (letter["kind"], letter["cause"]) == ("receipt", payment_id)
    assert letter["message_id"] == only(OutboxMessage).message_id == mail.sent[0]["Message-ID"]
    assert not any("dropped_fields" in line for line in lines)


def test_what_one_request_says_of_itself_is_not_said_of_the_next(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(replace(runtime.current().config, environment=Environment.PRODUCTION))
    told_by_stripe(client, "pi_1")
    client.get("/livez")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert [line.get("stripe_event_id") for line in lines if line["event"] == "request"] == ["evt_1", None]
