"""In which order currencies are shown."""

from __future__ import annotations

from collections.abc import Iterable

from donations.domain.rates import HOME_CURRENCY


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """Each once: the home currency first, the others by their codes."""
    return tuple(sorted(set(codes), key=lambda code: (code != HOME_CURRENCY, code)))
