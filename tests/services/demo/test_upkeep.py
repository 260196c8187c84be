"""Upkeep that is put off comes back whole, and finds what does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donations.models import Supporter
from donations.models.rollups import RollupNews, RollupState
from donations.models.vault import Vault
from donations.services.demo import write
from donations.services.demo.bulk import insert
from donations.services.demo.tables import COLUMNS
from donations.services.demo.upkeep import put_off_upkeep
from tests.databases import PostgresTemplate, engine_for
from tests.services.demo.conftest import PLAN

UPKEEP = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text, '' FROM pg_trigger
    WHERE NOT tgisinternal
    ORDER BY 1, 2, 3
"""


@pytest.fixture
def empty(postgres_template: PostgresTemplate) -> Iterator[Engine]:
    with postgres_template.fresh() as url:
        engine = engine_for(url)
        yield engine
        engine.dispose()


def upkeep(session: Session) -> list[Any]:
    return list(session.execute(text(UPKEEP.replace(":", r"\:"))))


def test_constraints_indexes_and_triggers_are_what_they_were(empty: Engine, vault: Vault) -> None:
    with Session(empty) as session:
        before = upkeep(session)
    with Session(empty) as session, session.begin():
        write(session, vault, PLAN, lambda _more: None)

    with Session(empty) as session:
        assert upkeep(session) == before
    assert len(before) > 200


def test_they_are_gone_in_between(empty: Engine) -> None:
    with Session(empty) as session, session.begin():
        before = len(upkeep(session))
        with put_off_upkeep(session, tuple(COLUMNS)):
            assert before - len(upkeep(session)) > 50


def test_a_row_that_names_nothing_ends_it_all_at_the_end(empty: Engine) -> None:
    refund = (1, "re_1", 7, 500, "eur", "succeeded", None, *(["2026-10-01"] * 3))

    def append() -> None:
        with Session(empty) as session, session.begin(), put_off_upkeep(session, tuple(COLUMNS)):
            insert(session, "refund", [refund])

    with pytest.raises(IntegrityError, match="fk_refund_donation_id_donation"):
        append()

    with Session(empty) as session:
        assert session.scalar(text("SELECT COUNT(*) FROM refund")) == 0


def test_what_stands_twice_ends_it_all_at_the_end(empty: Engine) -> None:
    origins = [(number, "autumn", "", "", "") for number in (1, 2)]

    def append() -> None:
        with Session(empty) as session, session.begin(), put_off_upkeep(session, tuple(COLUMNS)):
            insert(session, "origin", origins)

    with pytest.raises(IntegrityError, match="uq_origin"):
        append()


def test_no_news_is_written_and_the_sums_are_to_be_built_anew(empty: Engine, vault: Vault) -> None:
    with Session(empty) as session, session.begin():
        session.execute(text("UPDATE rollup_state SET zones = 'Europe/Amsterdam'"))
        write(session, vault, PLAN, lambda _more: None)

    with Session(empty) as session:
        assert session.scalar(select(RollupState.zones)) == ""
        told = select(func.count()).where(RollupNews.kind.in_(["donation", "movement", "supporter"]))
        assert session.scalar(told.select_from(RollupNews)) == 0
        assert session.scalar(select(func.count()).select_from(Supporter)) == PLAN.supporters
