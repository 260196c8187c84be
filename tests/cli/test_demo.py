"""`donations demo`, as somebody runs it who wants to see the reports."""

from __future__ import annotations

import base64
import json

from sqlalchemy import func, select

from donations import runtime
from donations.jobs import refresh_rollups
from donations.models import Donation, Supporter
from donations.models.database import reading, writing
from tests.cli.conftest import Terminal
from tests.factories import make_supporter

ASKED = ("demo", "--supporters", "60", "--years", "2", "--until", "2026-10-31")


def supporters() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Supporter.id))) or 0


def test_a_history_is_written_once_and_can_be_dumped(terminal: Terminal) -> None:
    said = terminal.says(*ASKED)

    assert "supporter │ 60" in said
    assert "donations a second" in said
    dumped = json.loads(terminal.runs("dump", "--json").output)
    with reading() as session:
        assert len(dumped["donations"]) == session.scalar(select(func.count(Donation.id)))
    assert len(dumped["movements"]) >= len(dumped["subscriptions"]) > 20
    assert not refresh_rollups.is_any_due(runtime.current())
    assert "Say --add" in terminal.says(*ASKED, exits=1)
    assert supporters() == 60


def test_made_up_supporters_stand_among_others_where_that_is_asked_for(terminal: Terminal) -> None:
    with writing() as session:
        make_supporter(session, runtime.current().vault)

    terminal.runs(*ASKED, "--add")
    terminal.runs(*ASKED, "--add")

    assert supporters() == 121


def test_a_dry_run_says_how_much_it_would_be_and_writes_nothing(terminal: Terminal) -> None:
    said = terminal.says(*ASKED, "--dry-run")

    assert "About this much would be written" in said
    assert supporters() == 0


def test_days_to_come_are_refused_in_a_sentence(terminal: Terminal) -> None:
    said = terminal.says("demo", "--supporters", "5", "--until", "2999-01-01", exits=1)

    assert "A history can only be of days that are over." in said
    assert supporters() == 0


def test_there_is_no_demo_in_production(terminal: Terminal) -> None:
    terminal.environment |= {
        "DONATIONS_ENV": "production",
        "SECRET_KEY": "s" * 40,
        "MASTER_KEYS": "first:" + base64.b64encode(bytes(32)).decode(),
        "PUBLIC_BASE_URL": "https://donate.example.com",
        "STRIPE_WEBHOOK_SECRETS": "whsec_one",
    }

    said = terminal.says(*ASKED, "--add", exits=1)

    assert "has no place in production" in said
    assert supporters() == 0
