"""A member of staff who may log in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, enum_of


class StaffRole(StrEnum):
    VIEWER = "viewer"
    SUPPORTER_CARE = "supporter_care"
    FINANCE = "finance"
    ADMIN = "admin"


class StaffUser(Base):
    """Known by the work address, lower-case. The password is kept as an Argon2id hash."""

    __tablename__ = "staff_user"
    __table_args__ = (CheckConstraint("email = lower(email)", "email_is_lower"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[StaffRole] = mapped_column(enum_of(StaffRole, "role"))
    password_hash: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
