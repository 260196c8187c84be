"""Marks: every reason to look raises the generation, and relatives don't mark each other for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import Notice
from donations.models import Disposition, StripeEvent, StripeObject
from donations.models.database import reading, writing
from donations.services import inbox
from tests.factories import NOON

KIND, ID = ObjectKind.INVOICE, "in_1"


def mark(at: datetime = NOON) -> int:
    with writing() as session:
        return inbox.mark(session, KIND, ID, at)


def mark_related(news_at: datetime) -> bool:
    with writing() as session:
        return inbox.mark_related(session, KIND, ID, news_at)


def change(**values: object) -> None:
    with writing() as session:
        session.execute(update(StripeObject).values(values))


def ticket() -> StripeObject:
    with reading() as session:
        return session.scalars(select(StripeObject)).one()


def test_each_mark_returns_the_generation_that_it_made(app: Flask) -> None:
    assert [mark(), mark(), mark()] == [1, 2, 3]


def test_a_mark_makes_a_ticket_due_that_was_put_off(app: Flask) -> None:
    mark()
    change(next_try_at=NOON + timedelta(hours=5), tries=3, problem="StripeUnavailable")

    mark(NOON + timedelta(minutes=1))

    assert (ticket().next_try_at, ticket().tries) == (NOON + timedelta(minutes=1), 3)
    assert ticket().problem == "StripeUnavailable"


def test_a_mark_never_puts_off_what_is_due(app: Flask) -> None:
    mark()

    mark(NOON + timedelta(hours=1))

    assert ticket().next_try_at == NOON


def test_news_takes_a_ticket_out_of_quarantine_with_fresh_tries(app: Flask) -> None:
    mark()
    change(quarantined_at=NOON, tries=8, problem="another amount")

    mark(NOON + timedelta(hours=1))

    assert (ticket().quarantined_at, ticket().tries, ticket().problem) == (None, 0, None)


def test_a_relative_is_looked_at_unless_it_was_since_the_news(app: Flask) -> None:
    assert mark_related(NOON) is True
    change(applied=1, looked_at=NOON + timedelta(seconds=5))

    assert mark_related(NOON) is False
    assert mark_related(NOON + timedelta(seconds=5)) is False
    assert mark_related(NOON + timedelta(seconds=9)) is True
    assert ticket().generation == 2


def test_a_relative_that_was_never_looked_at_is_marked_again(app: Flask) -> None:
    mark()

    assert mark_related(NOON) is True
    assert ticket().generation == 2


def test_a_mark_keeps_the_time_of_the_newest_news(app: Flask) -> None:
    mark(NOON)

    mark_related(NOON - timedelta(hours=1))

    assert ticket().marked_at == NOON


NOTICE = Notice(
    event_id="evt_1",
    type="invoice.paid",
    kind=KIND,
    object_id=ID,
    api_version="2026-10-28.endive",
    is_livemode=False,
    is_thin=True,
    created_at=NOON - timedelta(seconds=3),
)


def receive(notice: Notice = NOTICE, *, expects_live: bool = False) -> inbox.Received:
    with writing() as session:
        return inbox.receive(session, notice, NOON, expects_live=expects_live)


def envelope() -> StripeEvent:
    with reading() as session:
        return session.scalars(select(StripeEvent)).one()


def test_all_of_an_envelope_is_kept_and_its_object_marked(app: Flask) -> None:
    received = receive()

    kept = envelope()
    assert received == inbox.Received(is_new=True, is_marked=True, disposition=Disposition.MARKED)
    assert (kept.stripe_event_id, kept.type, kept.api_version) == (
        "evt_1",
        "invoice.paid",
        NOTICE.api_version,
    )
    assert (kept.object_kind, kept.stripe_object_id) == ("invoice", ID)
    assert (kept.is_livemode, kept.is_thin) == (False, True)
    assert (kept.disposition, kept.note) == (Disposition.MARKED, None)
    assert (kept.created_at, kept.received_at) == (NOON - timedelta(seconds=3), NOON)
    assert (ticket().kind, ticket().stripe_id, ticket().generation) == ("invoice", ID, 1)
    assert (ticket().applied, ticket().tries, ticket().marked_at) == (0, 0, NOON)


def test_the_second_delivery_of_an_event_marks_nothing(app: Flask) -> None:
    receive()

    received = receive()

    assert received == inbox.Received(is_new=False, is_marked=False, disposition=Disposition.MARKED)
    assert ticket().generation == 1


@pytest.mark.parametrize(
    "lacks",
    [{"kind": None, "object_id": None}, {"kind": None}, {"object_id": None}],
    ids=["neither", "no kind", "no id"],
)
def test_an_event_about_nothing_that_we_follow_is_set_aside(app: Flask, lacks: dict[str, Any]) -> None:
    received = receive(replace(NOTICE, **lacks))

    assert received == inbox.Received(is_new=True, is_marked=False, disposition=Disposition.SET_ASIDE)
    assert envelope().note == "not a type that we follow"
    assert envelope().object_kind == (None if "kind" in lacks else "invoice")
    with reading() as session:
        assert session.scalars(select(StripeObject)).all() == []


@pytest.mark.parametrize(
    ("is_livemode", "note"),
    [(True, "a live event in the other mode"), (False, "a test event in the other mode")],
)
def test_an_event_of_the_other_mode_is_quarantined_and_marks_nothing(
    app: Flask, is_livemode: bool, note: str
) -> None:
    received = receive(replace(NOTICE, is_livemode=is_livemode), expects_live=not is_livemode)

    assert received == inbox.Received(is_new=True, is_marked=False, disposition=Disposition.QUARANTINED)
    assert envelope().note == note
    with reading() as session:
        assert session.scalars(select(StripeObject)).all() == []
