"""The figures of operation: true, for the machine itself and for who shows the token, and of nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from donations import runtime
from donations.domain.counting import Counted, Outcome
from donations.domain.reconciling import RunKind
from donations.gateway.kinds import ObjectKind
from donations.jobs import tallies
from donations.models import OutboxMessage, OutboxStatus, ReconcileRun, StripeObject
from donations.models.database import reading, writing
from donations.models.rollups.day_failure import DayFailure
from donations.runtime import system_clock
from donations.services import inbox, outbox, tally, workers
from donations.services.tally import Tally
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


def store(**counts: int) -> None:
    """Counts without labels, as a process of any kind stores them."""
    with writing() as session:
        tally.record(session, {(Counted[name], ""): number for name, number in counts.items()}, NOON)


def test_where_nothing_waits_every_figure_is_nought_but_that_nobody_works(client: FlaskClient) -> None:
    found = figures(client)

    assert found.pop("donations_alert no_worker") == 1
    assert set(found.values()) == {0.0}


def test_what_any_process_counted_is_told_and_grows(client: FlaskClient) -> None:
    store(ACCEPTED=3, DUPLICATE=1)
    store(ACCEPTED=2, NOT_KEPT=1, LETTERS_SENT=4, LETTERS_FAILED=5)

    found = figures(client)

    for name, value in (
        ("webhooks_accepted", 5),
        ("webhooks_duplicate", 1),
        ("webhooks_not_kept", 1),
        ("letters_sent", 4),
        ("letters_failed", 5),
    ):
        assert found[f"donations_{name}_total"] == value


def test_the_labels_of_what_is_counted_are_told(client: FlaskClient) -> None:
    with writing() as session:
        counts = {(Counted.REJECTED, "too_large"): 2, (Counted.JOBS_FAILED, "sums"): 1}
        tally.record(session, counts | {(Counted.JOB_TIME, "sums"): 1_500_000}, NOON)

    found = figures(client)

    assert found["donations_webhooks_rejected_total too_large"] == 2
    assert found["donations_webhooks_rejected_total bad_signature"] == 0
    assert found["donations_jobs_failed_total sums"] == 1
    assert found["donations_job_seconds_total sums"] == 1.5


def test_calls_to_stripe_make_a_histogram_whose_buckets_hold_those_below(client: FlaskClient) -> None:
    counted = Tally()
    for seconds in (0.04, 0.3, 0.4, 60):
        counted.note_call("get charges", Outcome.DONE, seconds)
    with writing() as session:
        tally.record(session, counted.take(), NOON)

    found = figures(client)

    assert found["donations_stripe_calls_total get charges done"] == 4
    name, bounds = "donations_stripe_call_seconds", ("0.05", "0.25", "0.5", "20", "+Inf")
    assert [found[f"{name}_bucket get charges {bound}"] for bound in bounds] == [1, 1, 3, 3, 4]
    assert (found[f"{name}_count get charges"], found[f"{name}_sum get charges"]) == (4, 60.74)


def test_workers_that_live_are_counted_and_end_the_alert(client: FlaskClient) -> None:
    with writing() as session:
        workers.note_alive(session, "one", NOON, system_clock())
        workers.note_alive(session, "two", NOON, system_clock())

    found = figures(client)

    assert (found["donations_workers_alive"], found["donations_alert no_worker"]) == (2, 0)


def test_the_last_comparison_is_told_with_its_age(client: FlaskClient) -> None:
    at = NOON - timedelta(minutes=10)
    with writing() as session:
        session.add(
            ReconcileRun(
                kind=RunKind.EVENTS, due_at=at, since=at, started_at=at, finished_at=at, leased_until=at,
                pages=1, tries=0, listed=9, marked=3, differing=2,
            )
        )  # fmt: skip

    found = figures(client)

    assert found["donations_comparison_age_seconds events"] == 600
    assert [found[f"donations_comparison_{name} events"] for name in ("listed", "marked", "differing")] == [
        9, 3, 2,
    ]  # fmt: skip


def test_payments_that_were_declined_are_told_by_the_sums_of_reports(client: FlaskClient) -> None:
    with writing() as session:
        for day in (1, 2):
            session.add(
                DayFailure(
                    zone="Europe/Amsterdam", day=date(2026, 11, day), currency="eur", frequency="monthly",
                    failed=2, needed_confirmation=0, recovered=0, recovered_in_time=0, given_up=0,
                )
            )  # fmt: skip

    assert figures(client)["donations_payments_declined_total"] == 4


def test_a_forged_notice_is_counted_and_writes_no_row(app: Flask, client: FlaskClient) -> None:
    client.post("/webhooks/stripe", data=b"{}", headers={"Stripe-Signature": "t=1,v1=00"})

    assert figures(client)["donations_webhooks_rejected_total bad_signature"] == 0
    with reading() as session:
        assert tally.totals(session) == {}
    tallies.store(app)
    assert figures(client)["donations_webhooks_rejected_total bad_signature"] == 1


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
