"""A 200 means that the event is kept: whoever gave it is killed at once, and it is there."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from config import Config
from donations.models import StripeEvent, StripeObject
from donations.models.database import reading
from tests.proofs.prefork import PROCESS_HEADER, Crew, Prefork, prefork
from tests.proofs.signed import PATH, event_body, signed

KILLS = [20, pytest.param(1_000, marks=pytest.mark.prove)]


def killed_after_its_200(site: Prefork, event_id: str, secret: str) -> None:
    """Deliver until it is taken, as Stripe does; a process that was killed before takes none."""
    body = event_body(event_id, about=f"pi_{event_id}")
    while True:
        try:
            answer = requests.post(site.base + PATH, body, headers=signed(body, secret), timeout=30)
        except requests.ConnectionError:
            continue
        os.kill(int(answer.headers[PROCESS_HEADER]), signal.SIGKILL)
        assert answer.status_code == 200
        return


def kept() -> tuple[set[str], set[str]]:
    with reading() as session:
        events = set(session.scalars(select(StripeEvent.stripe_event_id)))
        return events, set(session.scalars(select(StripeObject.stripe_id)))


@pytest.mark.parametrize("kills", KILLS)
def test_an_event_outlives_the_process_that_answered_for_it(
    app: Flask, shared: Config, tmp_path: Path, kills: int, figures: Callable[[str], None]
) -> None:
    told = {f"evt_{number}" for number in range(kills)}

    with prefork(Crew(shared, tmp_path / "site.log", webs=2)) as site:
        for event_id in sorted(told):
            killed_after_its_200(site, event_id, shared.stripe_webhook_secrets[0])

    assert kept() == (told, {f"pi_{event_id}" for event_id in told})
    figures(f"{kills} processes killed after a 200 of theirs, {len(told)} events kept")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_proof_finds_the_mistake_of_an_answer_before_the_commit(
    app: Flask, shared: Config, tmp_path: Path
) -> None:
    with prefork(Crew(shared, tmp_path / "site.log", webs=2, mutant="answer before commit")) as site:
        for number in range(5):
            killed_after_its_200(site, f"evt_{number}", shared.stripe_webhook_secrets[0])

    assert len(kept()[0]) < 5
