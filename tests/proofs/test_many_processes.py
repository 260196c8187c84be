"""The same thing at once to many processes: it is done once, and nobody is answered with a failure."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from flask import Flask

from config import Config
from donations.models import Donation, OutboxMessage, StripeEvent, StripeObject
from donations.models.database import reading
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.journeys.givers import HttpGiver, card
from tests.proofs.databases import ON_SQLITE, ON_SQLITE_FIRST
from tests.proofs.prefork import PROCESS_HEADER, Crew, Prefork, listen, prefork
from tests.proofs.signed import PATH, event_body, signed
from tests.sync.desk import count_of, only, rows

PROCESSES = 20
DELIVERIES = 60
GIFTS = 3
DEAD_FOR = 10
"""Events."""
PATIENCE_S = 60


def deliver_at_once(site: Prefork, secret: str, times: int = DELIVERIES) -> Counter[int]:
    """The same event so many times at once. Returns how often each status was the answer."""
    body = event_body("evt_same", about="pi_same")
    headers = signed(body, secret)

    def deliver(_: int) -> int:
        return requests.post(site.base + PATH, body, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(deliver, range(times)))


def assert_taken_in_once(site: Prefork, secret: str) -> None:
    assert deliver_at_once(site, secret) == {200: DELIVERIES}
    assert count_of(StripeEvent) == 1
    assert only(StripeObject).generation == 1


def test_the_same_event_to_twenty_processes_is_one_event(app: Flask, shared: Config, tmp_path: Path) -> None:
    with prefork(Crew(shared, tmp_path / "site.log", webs=PROCESSES)) as site:
        assert_taken_in_once(site, shared.stripe_webhook_secrets[0])


@ON_SQLITE_FIRST
def test_webhooks_are_taken_while_stripe_itself_is_dead(app: Flask, shared: Config, tmp_path: Path) -> None:
    """And what a worker asks in vain meanwhile is put off, not lost."""
    with prefork(Crew(shared, tmp_path / "site.log", webs=1, workers=1)) as site:
        for number in range(DEAD_FOR):
            body = event_body(f"evt_{number}", about=f"pi_{number}")
            headers = signed(body, shared.stripe_webhook_secrets[0])
            assert requests.post(site.base + PATH, body, headers=headers, timeout=30).status_code == 200
        until(lambda: any(ticket.tries for ticket in tickets()), "a try in vain")

    assert len(tickets()) == DEAD_FOR
    assert {(ticket.applied, ticket.quarantined_at) for ticket in tickets()} == {(0, None)}


def tickets() -> list[StripeObject]:
    with reading() as session:
        return rows(session, StripeObject)


@ON_SQLITE
def test_the_proof_finds_the_mistake_of_looking_before_inserting(
    app: Flask, shared: Config, tmp_path: Path
) -> None:
    crew = Crew(shared, tmp_path / "site.log", webs=PROCESSES, mutant="select then insert")
    with prefork(crew) as site, pytest.raises(AssertionError):
        assert_taken_in_once(site, shared.stripe_webhook_secrets[0])


@contextmanager
def crew_with_stripe(config: Config, folder: Path, webs: int, workers: int) -> Iterator[tuple[Prefork, str]]:
    """Websites and workers, and the sandbox that they ask; with its address."""
    listener = listen()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(folder / "sandbox", port=0, webhook_url=base + PATH)
    settings.data_dir.mkdir()
    with SandboxServer(settings) as sandbox:
        config = replace(
            config,
            stripe_api_base=sandbox.base_url,
            stripe_webhook_secrets=(settings.webhook_secret,),
            public_base_url=base,
            mail_url=f"file://{folder}/mail",
            uses_sandbox=True,
        )
        with prefork(Crew(config, folder / "site.log", webs, workers), listener) as site:
            yield site, sandbox.base_url


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"{what} never happened"
        time.sleep(0.1)


def test_the_same_form_sent_fifty_times_to_many_processes_opens_one_session(
    app: Flask, shared: Config, tmp_path: Path
) -> None:
    with crew_with_stripe(shared, tmp_path, webs=4, workers=0) as (site, stripe):
        reader = HttpGiver()
        reader.open(f"{site.base}/support")
        reader.fill_in({"email": "reader@example.com"})
        action, form = urljoin(reader.url, reader.action), dict(reader.form)

        def send(_: int) -> tuple[int, str | None, str]:
            answer = requests.post(action, form, allow_redirects=False, timeout=60)
            return answer.status_code, answer.headers.get("Location"), answer.headers[PROCESS_HEADER]

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(send, range(50)))
        state = requests.get(f"{stripe}/_sandbox/state", timeout=30).json()

    assert {status for status, _, _ in answers} == {303}
    assert len({url for _, url, _ in answers}) == 1
    assert len({process for _, _, process in answers}) > 1
    assert len(state["objects"]["checkout.session"]) == 1


def test_many_workers_on_one_queue_apply_each_gift_once(app: Flask, shared: Config, tmp_path: Path) -> None:
    """Huey's queue lies in the same PostgreSQL, or in one SQLite file beside the other."""
    with crew_with_stripe(shared, tmp_path, webs=2, workers=2) as (site, _):
        for number in range(GIFTS):
            reader = HttpGiver()
            reader.open(f"{site.base}/support")
            reader.fill_in({"email": f"reader{number}@example.com"})
            reader.submit()
            reader.pay(**card())
        until(lambda: count_of(OutboxMessage, kind="receipt", status="sent") == GIFTS, "the receipts")

    assert count_of(Donation) == GIFTS
    assert count_of(OutboxMessage, kind="receipt") == GIFTS
