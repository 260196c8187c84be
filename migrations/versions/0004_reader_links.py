"""links that log readers in, who asked for one, and who is logged in

Only hashes and blind indexes: nothing in these tables opens anything.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PAGES = ("cancel", "undo", "card", "confirm", "receipts", "amount")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _create_link_request()
    _create_magic_link()
    _create_reader_session()


def downgrade() -> None:
    for table in ("reader_session", "magic_link", "link_request"):
        op.drop_table(table)


def _create_link_request() -> None:
    op.create_table(
        "link_request",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("language", _enum("language", "en", "ru"), nullable=False),
        sa.Column("wanted", _enum("wanted", *PAGES), nullable=True),
        _instant("created_at"),
        _instant("matched_at", nullable=True),
        sa.CheckConstraint("length(email_index) = 32", name=op.f("ck_link_request_email_index_is_hmac")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_link_request_reference")),
    )
    op.create_index("ix_link_request_matched_at_created_at", "link_request", ["matched_at", "created_at"])


def _create_magic_link() -> None:
    op.create_table(
        "magic_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request_reference", sa.String(length=32), nullable=False),
        sa.Column("supporter_id", BIG_ID, nullable=False),
        sa.Column("wanted", _enum("wanted", *PAGES), nullable=True),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("used_at", nullable=True),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_magic_link_token_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_magic_link_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_magic_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_magic_link_token_hash")),
    )
    for column in ("expires_at", "request_reference", "supporter_id"):
        op.create_index(op.f(f"ix_magic_link_{column}"), "magic_link", [column])


def _create_reader_session() -> None:
    op.create_table(
        "reader_session",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("supporter_id", BIG_ID, nullable=False),
        _instant("created_at"),
        _instant("last_seen_at"),
        _instant("expires_at"),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_reader_session_token_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_reader_session_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reader_session_token_hash")),
    )
    for column in ("expires_at", "supporter_id"):
        op.create_index(op.f(f"ix_reader_session_{column}"), "reader_session", [column])
