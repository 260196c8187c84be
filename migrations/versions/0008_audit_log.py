"""keep who of the staff took personal data, in lines that hold on to each other

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from donations.models.base import BigId, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEPT = "audit lines are only ever added"
_COUNTED = "the audit log only ever grows"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", BigId, autoincrement=False, nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("staff_user_id", BigId, nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_entry_number_is_counted")),
        sa.CheckConstraint(
            "length(previous_hash) = 32 AND length(hash) = 32", name=op.f("ck_audit_entry_hashes_are_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["staff_user_id"], ["staff_user.id"], name=op.f("fk_audit_entry_staff_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_entry_previous_hash")),
    )
    op.create_index("ix_audit_entry_staff_user_id", "audit_entry", ["staff_user_id", "number"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_is_one_row")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_audit_head_number_is_counted")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_audit_head_hash_is_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": bytes(32)}])
    op.add_column("staff_session", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def _guards(dialect: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (
            _function("audit_entry_is_kept", f"RAISE EXCEPTION '{_KEPT}' USING ERRCODE = 'check_violation';"),
            "CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW "
            "EXECUTE FUNCTION audit_entry_is_kept()",
            _function(
                "audit_head_only_grows",
                "IF TG_OP = 'DELETE' OR NEW.number <> OLD.number + 1 THEN "
                f"RAISE EXCEPTION '{_COUNTED}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;",
            ),
            "CREATE TRIGGER audit_head_only_grows BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW "
            "EXECUTE FUNCTION audit_head_only_grows()",
        )
    return (
        *(
            f"CREATE TRIGGER audit_entry_is_kept_from_{verb.lower()} BEFORE {verb} ON audit_entry "
            f"FOR EACH ROW BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        "CREATE TRIGGER audit_head_only_grows_by_one BEFORE UPDATE ON audit_head FOR EACH ROW "
        f"WHEN NEW.number <> OLD.number + 1 BEGIN SELECT RAISE(ABORT, '{_COUNTED}'); END",
        "CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head FOR EACH ROW "
        f"BEGIN SELECT RAISE(ABORT, '{_COUNTED}'); END",
    )


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def downgrade() -> None:
    op.drop_column("staff_session", "confirmed_at")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entry_staff_user_id", table_name="audit_entry")
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_head_only_grows()")
        op.execute("DROP FUNCTION audit_entry_is_kept()")
