"""The code of the last release runs on the newest schema: what it writes is taken, what it reads is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine

from donations.models.migrating import is_known
from tests.databases import engine_for
from tests.migrations import contract
from tests.migrations.contract import Contract
from tests.migrations.held_to import breaches, failures

Migration = Callable[[Operations], None]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def released() -> Contract:
    return contract.read()


def migrate(engine: Engine, migration: Migration) -> None:
    with engine.begin() as connection:
        migration(Operations(MigrationContext.configure(connection)))


def test_the_newest_schema_takes_nothing_away_from_the_released_code(
    engine: Engine, released: Contract
) -> None:
    assert breaches(engine, released) == []


def test_the_released_code_adds_its_rows_and_reads_them_on_the_newest_schema(
    engine: Engine, released: Contract
) -> None:
    assert failures(engine, released) == []


def test_the_contract_is_of_a_schema_that_this_release_comes_from(released: Contract) -> None:
    assert is_known(released.revision)
    assert len(released.tables) > 40
    assert all(table.rows for table in released.tables.values() if table.insert is not None)


def test_a_contract_that_is_written_and_read_is_the_same() -> None:
    of_models = contract.of_models()

    assert contract.written(of_models) == contract.written(of_models)
    assert contract.written(of_models).count("\n") > len(of_models.tables)


def renames_a_column(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.alter_column("reason", new_column_name="why")


def drops_a_column(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.drop_column("reason")


def adds_a_column_that_must_be_given(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.add_column(sa.Column("arrived_by", sa.String(8), nullable=False))


def lets_a_column_not_be_empty(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.alter_column("reason", existing_type=sa.String(255), nullable=False)


def leaves_less_room(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.alter_column("stripe_refund_id", existing_type=sa.String(255), type_=sa.String(10))


def makes_a_column_another_kind(to: Operations) -> None:
    with to.batch_alter_table("issued_document") as table:
        table.alter_column("year", existing_type=sa.Integer(), type_=sa.String(4))


def lets_nothing_be_there_twice(to: Operations) -> None:
    to.create_index("uq_dispute_donation_id", "dispute", ["donation_id"], unique=True)


def makes_a_rule_that_the_code_does_not_know(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.create_check_constraint("ck_refund_is_large", "amount > 5000")


def drops_a_table(to: Operations) -> None:
    to.drop_table("payment_failure")


SEEN_AND_FELT = (
    renames_a_column,
    drops_a_column,
    adds_a_column_that_must_be_given,
    lets_a_column_not_be_empty,
    makes_a_rule_that_the_code_does_not_know,
    drops_a_table,
)
ONLY_SEEN = (leaves_less_room, makes_a_column_another_kind, lets_nothing_be_there_twice)


@pytest.mark.parametrize("migration", [*SEEN_AND_FELT, *ONLY_SEEN])
def test_a_migration_that_breaks_the_released_code_is_seen(
    engine: Engine, released: Contract, migration: Migration
) -> None:
    migrate(engine, migration)

    assert breaches(engine, released) != []


@pytest.mark.parametrize("migration", SEEN_AND_FELT)
def test_the_released_code_fails_on_a_migration_that_breaks_it(
    engine: Engine, released: Contract, migration: Migration
) -> None:
    migrate(engine, migration)

    assert failures(engine, released) != []


def adds_what_may_be_left_out(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.add_column(sa.Column("arrived_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("is_known", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint("ck_refund_arrived_late", "arrived_on > '2020-01-01'")


def gives_more_room(to: Operations) -> None:
    with to.batch_alter_table("refund") as table:
        table.alter_column("stripe_refund_id", existing_type=sa.String(255), type_=sa.Text())


def adds_a_table(to: Operations) -> None:
    to.create_table("parcel", sa.Column("id", sa.Integer(), primary_key=True))


@pytest.mark.parametrize("migration", [adds_what_may_be_left_out, gives_more_room, adds_a_table])
def test_a_migration_that_only_adds_is_let_through(
    engine: Engine, released: Contract, migration: Migration
) -> None:
    migrate(engine, migration)

    assert (breaches(engine, released), failures(engine, released)) == ([], [])
