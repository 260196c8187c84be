"""Migrations and models describe one schema, and the database itself refuses what must not be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from donations.domain.checkouts import CheckoutStatus
from donations.domain.standing import Standing
from donations.models import Base, Donation, Movement, StripeObject
from donations.models.database import writing
from donations.models.migrating import current_revision, downgrade, newest_revision, upgrade
from donations.runtime import current
from tests import factories
from tests.databases import engine_for


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


def test_migrations_and_models_describe_the_same_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )

        assert compare_metadata(context, Base.metadata) == []


def test_every_check_of_the_models_stands_in_the_database(engine: Engine) -> None:
    inspector = inspect(engine)
    name_of = engine.dialect.identifier_preparer.format_constraint

    for table in Base.metadata.sorted_tables:
        wanted = {name_of(c) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert wanted == {c["name"] for c in inspector.get_check_constraints(table.name)}, table.name


def test_a_database_goes_down_to_nothing_and_up_again(engine: Engine) -> None:
    downgrade(engine, "base")
    assert current_revision(engine) is None
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}

    upgrade(engine)
    assert current_revision(engine) == newest_revision()


def test_an_ended_subscription_never_revives_even_by_hand(app: Flask) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        factories.make_subscription(session, supporter, standing=Standing.CANCELED)

    with pytest.raises(IntegrityError, match="never revives"), writing() as session:
        session.execute(text("UPDATE subscription SET standing = 'active', ended_at = NULL"))


def test_a_paid_checkout_never_reopens_even_by_hand(app: Flask) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        factories.make_checkout(session, supporter, status=CheckoutStatus.PAID)

    with pytest.raises(IntegrityError, match="never reopens"), writing() as session:
        session.execute(text("UPDATE checkout SET status = 'open'"))


@pytest.mark.parametrize(
    "change", ["amount = amount + 1", "currency = 'usd'", "stripe_payment_intent_id = 'pi_x'"]
)
def test_the_money_facts_of_a_donation_never_change(app: Flask, change: str) -> None:
    with writing() as session:
        factories.make_donation(session, factories.make_supporter(session, current().vault))

    with pytest.raises(IntegrityError, match="never change"), writing() as session:
        session.execute(text(f"UPDATE donation SET {change}"))


def test_more_than_was_paid_can_never_be_refunded(app: Flask) -> None:
    with writing() as session:
        factories.make_donation(session, factories.make_supporter(session, current().vault), amount=1000)

    with pytest.raises(IntegrityError), writing() as session:
        session.execute(text("UPDATE donation SET refunded_amount = 1001"))


def test_one_payment_intent_cannot_be_two_donations(app: Flask) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        factories.make_donation(session, supporter, stripe_payment_intent_id="pi_1")

    with pytest.raises(IntegrityError), writing() as session:
        session.add(
            Donation(
                supporter_id=supporter.id, source="stripe", frequency="once", amount=1, currency="eur",
                stripe_payment_intent_id="pi_1", charged_at=factories.NOON,
                charged_on=factories.NOON.date(), recorded_at=factories.NOON,
            )
        )  # fmt: skip


def test_a_ticket_never_goes_back(app: Flask) -> None:
    with writing() as session:
        session.add(
            StripeObject(
                kind="charge", stripe_id="ch_1", generation=3, applied=2,
                marked_at=factories.NOON, next_try_at=factories.NOON,
            )
        )  # fmt: skip

    with pytest.raises(IntegrityError, match="never goes back"), writing() as session:
        session.execute(text("UPDATE stripe_object SET applied = 1"))
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(text("UPDATE stripe_object SET applied = 4"))


def test_a_naive_datetime_is_refused_where_it_enters(app: Flask) -> None:
    naive = (factories.NOON + timedelta(days=1)).replace(tzinfo=None)

    with pytest.raises(Exception, match="naive"), writing() as session:
        factories.make_supporter(session, current().vault, at=naive)


def test_movements_are_only_ever_added(app: Flask) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, current().vault)
        subscription = factories.make_subscription(session, supporter)
        factories.make_movement(session, subscription)

    for statement in ("UPDATE movement SET annual_amount = 1", "DELETE FROM movement"):
        with pytest.raises(IntegrityError, match="only ever added"), writing() as session:
            session.execute(text(statement))


def test_the_ledger_begins_with_the_gifts_that_count_already(app: Flask, engine: Engine) -> None:
    downgrade(engine, "0002")
    with engine.begin() as connection:
        for statement in BEFORE_THE_LEDGER:
            connection.execute(text(statement))

    upgrade(engine)

    with writing() as session:
        rows = session.scalars(select(Movement).order_by(Movement.subscription_id)).all()
        kinds = [(row.kind.value, row.annual_amount, row.supporters, str(row.occurred_on)) for row in rows]
    assert kinds == [("new", 12000, 1, "2026-03-31"), ("upgraded", 5000, 0, "2026-03-31")]


_INSTANT = "'2026-03-31 10:00:00.000000'"
BEFORE_THE_LEDGER = (
    "INSERT INTO supporter (id, reference, email_index, email_sealed, data_key_sealed, master_key_id,"
    f" wants_newsletter, created_at) VALUES (1, 'r', '{'x' * 32}', 's', 'k', 'm', false, {_INSTANT})",
    f"INSERT INTO stripe_customer VALUES ('cus_1', 1, {_INSTANT})",
    *(
        "INSERT INTO checkout (id, reference, supporter_id, status, frequency, currency, gift_amount,"
        " charge_amount, wants_newsletter, locale, nonce, idempotency_key, parameters_sealed, created_at,"
        f" expires_at) VALUES ({n}, 'c{n}', 1, 'paid', 'monthly', 'eur', 1, 1, false, 'en', 'n{n}', 'k{n}',"
        f" 's', {_INSTANT}, {_INSTANT})"
        for n in (1, 2, 3)
    ),
    *(
        "INSERT INTO subscription (id, stripe_subscription_id, stripe_customer_id, supporter_id, checkout_id,"
        " standing, frequency, amount, currency, started_at, first_paid_at, is_collection_paused,"
        f" recorded_at) VALUES ({n}, 'sub_{n}', 'cus_1', 1, {n}, 'active', '{frequency}', {amount}, 'eur',"
        f" {_INSTANT}, {_INSTANT}, {is_paused}, {_INSTANT})"
        for n, frequency, amount, is_paused in (
            (1, "monthly", 1000, "false"),
            (2, "annual", 5000, "false"),
            (3, "monthly", 700, "true"),
        )
    ),
)
