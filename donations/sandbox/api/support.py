"""What Stripe would do and the sandbox does not: better refused in words than silently not done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from donations.sandbox.api.errors import invalid

_PAGING = frozenset({"created", "ending_before", "expand", "limit", "starting_after"})


def refuse_all_but(given: dict[str, Any], known: Iterable[str], inside: str = "") -> None:
    """Raises for the first parameter that is valid for Stripe and unknown to the sandbox."""
    supported = {*known, "expand"}
    for name in given:
        if name not in supported:
            param = f"{inside}[{name}]" if inside else name
            raise invalid(f"The sandbox does not do `{param}`.", param)


def refuse_other_filters(given: dict[str, Any], known: Iterable[str]) -> None:
    refuse_all_but(given, {*known, *_PAGING})
