"""Whatever happens in whatever order, and however the news are cut: the sums are those of a rebuild."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import given
from sqlalchemy import func, select, update

from donations.jobs import refresh_rollups
from donations.models import Donation
from donations.models.database import reading, writing
from donations.models.rollups import DayMoney, DayMovement, RollupNews, RollupState
from donations.reports.freshness import books_zone, freshness_of
from donations.runtime import Runtime, current
from donations.services import movements, rollups
from tests.effort import over_histories
from tests.factories import NOON, ZONE, make_donation, make_subscription, make_supporter
from tests.histories import History, histories, live


@over_histories(4)
@given(histories)
def test_taking_in_facts_as_they_come_makes_the_sums_of_a_rebuild(app: Flask, history: History) -> None:
    live(history)

    assert refresh_rollups.differences(current(), lambda *_: None) == ()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(RollupNews)) == 0
        assert session.scalar(select(func.sum(DayMoney.gross))) == zones(
            session.scalar(select(func.sum(Donation.amount)))
        )


def zones(total: object) -> object:
    """Sums are kept for each of three zones."""
    return None if total is None else 3 * int(str(total))


def test_a_planted_mistake_is_found_and_healed(app: Flask) -> None:
    with writing() as session:
        row = make_subscription(session, make_supporter(session, current().vault))
        movements.book(session, row, zone=ZONE, now=NOON)
    refresh_rollups.refresh_all(current())
    with writing() as session:
        session.execute(update(DayMovement).values(annual=DayMovement.annual + 1))

    found = refresh_rollups.differences(current(), lambda *_: None)

    assert [(each.table, each.missing, each.wrong) for each in found] == [("day_movement", 3, 3)]
    refresh_rollups.rebuild(current(), lambda *_: None)
    assert refresh_rollups.differences(current(), lambda *_: None) == ()


def test_sums_that_are_to_be_built_anew_stand_until_they_are(app: Flask) -> None:
    runtime = current()
    with writing() as session:
        row = make_donation(session, make_supporter(session, runtime.vault), amount=700, fee=30)
    refresh_rollups.refresh_all(runtime)
    with writing() as session:
        session.execute(update(Donation).where(Donation.id == row.id).values(fee_amount=20, net_amount=680))
        for _ in range(200):
            rollups.have_built_anew(session)
    with reading() as session:
        assert session.scalar(select(func.sum(DayMoney.fees))) == zones(30)
        assert freshness_of(session, NOON).as_of == NOON
        assert books_zone(session, ZoneInfo("UTC")) == runtime.config.report_timezone

    assert refresh_rollups.is_any_due(runtime)
    refresh_rollups.refresh_all(runtime)

    with reading() as session:
        assert session.scalar(select(func.sum(DayMoney.fees))) == zones(20)
    assert not refresh_rollups.is_any_due(runtime)


def test_sums_that_were_never_built_are_not_taken_for_built(app: Flask) -> None:
    with writing() as session:
        session.execute(update(RollupState).values(zones=""))
        rollups.have_built_anew(session)

    with reading() as session:
        assert freshness_of(session, NOON).as_of is None


def test_facts_that_come_while_sums_are_rebuilt_are_taken_in_afterwards(app: Flask) -> None:
    runtime: Runtime = current()
    refresh_rollups.refresh_all(runtime)

    def disturb(what: str, done: int, _of: int) -> None:
        if done == 10:
            with writing() as session:
                make_donation(session, make_supporter(session, runtime.vault), amount=700)
            assert refresh_rollups.refresh_rollups(runtime) == 0, "nothing is taken in meanwhile"

    refresh_rollups.rebuild(runtime, disturb)
    refresh_rollups.refresh_all(runtime)

    with reading() as session:
        assert session.scalar(select(func.sum(DayMoney.gross))) == zones(700)
    assert refresh_rollups.differences(runtime, lambda *_: None) == ()
