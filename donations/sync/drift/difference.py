"""One field that our row and Stripe's object don't agree about. Nothing personal is ever compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from donations.gateway.kinds import ObjectKind
from donations.sync.outcome import Relative

NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """`ours` and `stripes` as words: amounts in minor units, instants in UTC."""

    kind: ObjectKind
    stripe_id: str
    field: str
    ours: str
    stripes: str

    @property
    def about(self) -> Relative:
        return Relative(self.kind, self.stripe_id)


def missing(kind: ObjectKind, stripe_id: str, what: str, stripes: object) -> Difference:
    """We have no row at all."""
    return Difference(kind, stripe_id, what, NOTHING, said(stripes))


def unequal(
    kind: ObjectKind, stripe_id: str, fields: Iterable[tuple[str, object, object]]
) -> Iterator[Difference]:
    """Of (field, ours, Stripe's), those that differ."""
    for field, ours, stripes in fields:
        if said(ours) != said(stripes):
            yield Difference(kind, stripe_id, field, said(ours), said(stripes))


def said(value: object) -> str:
    """Stripe counts whole seconds."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
