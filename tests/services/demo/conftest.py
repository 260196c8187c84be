"""One history for each database, on which all claims are looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import MasterKey
from donations.content.offers import load_offers
from donations.models.vault import Vault
from donations.services.demo import DemoPlan, end_of, write
from tests.databases import engine_for

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNTIL = end_of(date(2026, 10, 31), ZONE, NOW)
PLAN = DemoPlan(supporters=300, years=5, until=UNTIL, seed=5, zone=ZONE, offers=load_offers())


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault((MasterKey("first", os.urandom(32)),))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, vault: Vault) -> Iterator[Engine]:
    """Of a database with the history of the plan, which nobody changes."""
    name = {"sqlite": "sqlite_template", "postgresql": "postgres_template"}[request.param]
    with request.getfixturevalue(name).fresh() as url:
        engine = engine_for(url)
        with Session(engine) as session, session.begin():
            write(session, vault, PLAN, lambda _more: None)
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Whatever a test books in it is taken back."""
    with Session(engine) as session:
        yield session
        session.rollback()
