"""count what happens, see which workers live, and keep what was told of alerts

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COUNTED = (
    "webhooks_accepted", "webhooks_duplicate", "webhooks_rejected", "webhooks_not_kept", "jobs", "jobs_failed",
    "job_microseconds", "stripe_calls", "stripe_call_microseconds", "stripe_calls_within", "letters_sent",
    "letters_failed",
)  # fmt: skip
CAUSES = ("set_aside", "behind", "letters", "no_worker", "not_compared")


def upgrade() -> None:
    op.create_table(
        "operations_count",
        sa.Column("name", _words("name", COUNTED), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("value", BigId, nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_operations_count_value_not_negative")),
        sa.PrimaryKeyConstraint("name", "label", name=op.f("pk_operations_count")),
    )
    op.create_table(
        "operations_hour",
        sa.Column("hour_at", UtcDateTime(), nullable=False),
        sa.Column("name", _words("name", COUNTED), nullable=False),
        sa.Column("value", BigId, nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_operations_hour_value_not_negative")),
        sa.PrimaryKeyConstraint("hour_at", "name", name=op.f("pk_operations_hour")),
    )
    op.create_table(
        "worker_seen",
        sa.Column("worker", sa.String(length=32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_worker_seen")),
    )
    op.create_table(
        "alert",
        sa.Column("cause", _words("cause", CAUSES), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        *(
            sa.Column(name, UtcDateTime(), nullable=True)
            for name in ("ended_at", "told_at", "last_told_at", "leased_until")
        ),
        sa.PrimaryKeyConstraint("cause", name=op.f("pk_alert")),
    )


def downgrade() -> None:
    for table in ("alert", "worker_seen", "operations_hour", "operations_count"):
        op.drop_table(table)


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
