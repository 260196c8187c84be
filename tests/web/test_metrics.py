"""The figures of operation: true, for the machine itself and for who shows the token, and of nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from donations import runtime
from donations.gateway.kinds import ObjectKind
from donations.models import OutboxMessage, OutboxStatus, StripeObject
from donations.models.database import writing
from donations.services import inbox, outbox
from tests import factories
from tests.factories import NOON

TOKEN = "a-token-of-some-length"


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> None:
    current = runtime.current()
    config = replace(current.config, metrics_token=TOKEN)
    runtime.install(app, replace(current, config=config, now=lambda: NOON))


def figures(client: FlaskClient) -> dict[str, float]:
    """Each figure by its name, with its label where it has one."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        sample.name + "".join(f" {label}" for label in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_where_nothing_waits_every_figure_is_nought(client: FlaskClient) -> None:
    assert set(figures(client).values()) == {0.0}


def test_the_lag_is_that_of_the_ticket_that_is_due_longest(client: FlaskClient) -> None:
    with writing() as session:
        inbox.mark(session, ObjectKind.INVOICE, "in_1", NOON - timedelta(minutes=5))
        inbox.mark(session, ObjectKind.INVOICE, "in_2", NOON - timedelta(minutes=1))
        inbox.mark(session, ObjectKind.INVOICE, "in_3", NOON + timedelta(hours=1))

    found = figures(client)

    assert (found["donations_tickets_waiting"], found["donations_tickets_lag_seconds"]) == (3, 300)


def test_what_was_given_up_is_counted_and_waits_no_more(client: FlaskClient) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, runtime.current().vault)
        inbox.mark(session, ObjectKind.INVOICE, "in_1", NOON)
        session.execute(update(StripeObject).values(quarantined_at=NOON))
        outbox.add(session, "receipt", "pi_1", supporter.id, NOON)
        outbox.add(session, "receipt", "pi_2", supporter.id, NOON)
        failed = update(OutboxMessage).where(OutboxMessage.cause == "pi_1")
        session.execute(failed.values(status=OutboxStatus.FAILED))

    found = figures(client)

    assert (found["donations_tickets_quarantined"], found["donations_tickets_waiting"]) == (1, 0)
    assert (found["donations_messages_failed"], found["donations_messages_due"]) == (1, 1)


def test_checkouts_are_counted_by_what_became_of_them(client: FlaskClient) -> None:
    with writing() as session:
        factories.make_checkout(session, factories.make_supporter(session, runtime.current().vault))

    assert figures(client)["donations_checkouts open"] == 1


@pytest.mark.parametrize(
    ("network", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}, 404),
        ("192.0.2.7", {"Authorization": "Bearer é"}, 404),
    ],
)
def test_it_answers_this_machine_and_who_shows_the_token(
    client: FlaskClient, network: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": network})

    assert answer.status_code == status


def test_without_a_token_nobody_can_show_it(app: Flask, client: FlaskClient) -> None:
    current = runtime.current()
    runtime.install(app, replace(current, config=replace(current.config, metrics_token="")))

    answer = client.get(
        "/metrics", headers={"Authorization": "Bearer "}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert answer.status_code == 404
