"""Visits are added up by hour and origin, and what strangers write into links adds no rows."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from flask import Flask
from sqlalchemy import select

from donations.domain.conversion import Step
from donations.models import VisitHour
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import origins
from donations.services.visits import Visit, record_visits
from tests import factories

HOUR = factories.NOON
KNOWN = frozenset({"spring"})


def visit(campaign: str = "spring", step: Step = Step.SUPPORT, **columns: str) -> Visit:
    return Visit(HOUR, step, campaign, **columns)


def stored() -> list[tuple[str, str, str, int]]:
    with reading() as session:
        rows = session.scalars(select(VisitHour).order_by(VisitHour.step, VisitHour.campaign))
        return [(row.step.value, row.campaign, row.article, row.number) for row in rows]


def test_what_is_counted_is_added_to_what_was_counted(app: Flask) -> None:
    for _ in range(2):
        with writing() as session:
            record_visits(session, {visit(): 2, visit(step=Step.APPEAL, article="a1"): 5}, KNOWN)

    assert stored() == [("appeal", "spring", "a1", 10), ("support", "spring", "", 4)]


def test_hours_stand_apart(app: Flask) -> None:
    later = Visit(HOUR + timedelta(hours=1), Step.SUPPORT, "spring")

    with writing() as session:
        record_visits(session, {visit(): 1, later: 1}, KNOWN)

    assert len(stored()) == 2


def test_campaigns_that_strangers_make_up_are_counted_without_their_names(app: Flask) -> None:
    with writing() as session:
        record_visits(session, {visit(f"stranger {n}"): 1 for n in range(200)} | {visit(): 1}, KNOWN)

    assert stored() == [("support", "", "", 200), ("support", "spring", "", 1)]


def test_a_campaign_that_brought_a_gift_is_known_from_then_on(app: Flask) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        origins.find_or_add(session, campaign="letter", article="a1")
        factories.make_checkout(session, supporter, campaign="tried")

    with writing() as session:
        record_visits(session, {visit("letter"): 3, visit("tried"): 4}, KNOWN)

    assert stored() == [("support", "", "", 4), ("support", "letter", "", 3)]


def test_nothing_counted_is_nothing_stored(app: Flask) -> None:
    with writing() as session:
        record_visits(session, {}, KNOWN)

    assert stored() == []


def test_processes_that_store_at_once_lose_nothing(app: Flask) -> None:
    visits = {visit(article=f"a{n}"): 1 for n in range(20)}

    def store(mine: dict[Visit, int]) -> None:
        with app.app_context():
            for _ in range(5):
                with writing() as session:
                    record_visits(session, mine, KNOWN)

    # In two orders, which would lock each other out if rows were written in them.
    threads = [Thread(target=store, args=[order]) for order in (visits, dict(reversed(visits.items())))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {number for *_, number in stored()} == {10}
