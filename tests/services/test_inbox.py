"""Marks: every reason to look raises the generation, and relatives don't mark each other for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from donations.gateway.kinds import ObjectKind
from donations.models import StripeObject
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
    assert mark_related(NOON + timedelta(seconds=9)) is True
    assert ticket().generation == 2


def test_a_mark_keeps_the_time_of_the_newest_news(app: Flask) -> None:
    mark(NOON)

    mark_related(NOON - timedelta(hours=1))

    assert ticket().marked_at == NOON
