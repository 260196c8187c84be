"""Who of the staff may see what, as a table. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from donations.models import StaffRole

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    NOTHING = "nothing"
    """Open to everybody, logged in or not: only the login itself."""
    FIGURES = "figures"
    """Sums that name nobody."""
    DONATIONS = "donations"
    """Single donations."""
    SUPPORTERS = "supporters"
    """Single people; their addresses are masked."""
    BOOKS = "books"
    """What the accounts rest on: reference rates, and gifts that came without Stripe."""
    REFUNDS = "refunds"
    """Giving money back."""
    EXPORTS = "exports"
    """Many people with their addresses, in a file to take away."""
    OPERATIONS = "operations"
    """How the work goes on: what waits, and who works."""
    AUDIT = "audit"
    """What the other members of staff did."""


_PEOPLE_AND_MONEY: Final = frozenset({Permission.FIGURES, Permission.DONATIONS, Permission.SUPPORTERS})
_FINANCE: Final = _PEOPLE_AND_MONEY | {
    Permission.BOOKS, Permission.REFUNDS, Permission.EXPORTS, Permission.OPERATIONS,
}  # fmt: skip
PERMISSIONS: Final[Mapping[StaffRole, frozenset[Permission]]] = {
    StaffRole.VIEWER: frozenset({Permission.FIGURES}),
    StaffRole.SUPPORTER_CARE: _PEOPLE_AND_MONEY,
    StaffRole.FINANCE: _FINANCE,
    StaffRole.ADMIN: _FINANCE | {Permission.AUDIT},
}
ROLE_NAMES: Final[Mapping[StaffRole, str]] = {
    StaffRole.VIEWER: "Viewer",
    StaffRole.SUPPORTER_CARE: "Supporter care",
    StaffRole.FINANCE: "Finance",
    StaffRole.ADMIN: "Admin",
}


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare what a view shows. The gate reads it, so its place among the decorators is free."""

    def declare(view: View) -> View:
        view.__dict__["staff_permission"] = permission
        return view

    return declare


def permission_of(view: Callable[..., Any] | None) -> Permission | None:
    """What the view declares; None for one that declares nothing, which nobody may see."""
    return getattr(view, "staff_permission", None)


def may(role: StaffRole, permission: Permission | None) -> bool:
    return permission in PERMISSIONS[role]
