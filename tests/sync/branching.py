"""Go on from one moment in many ways: orders that begin alike are played once up to where they part."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Any, Self

from donations.models.database import db
from tests.sync.desk import Desk
from tests.sync.lives import Life
from tests.sync.long_lives import ending_of


@dataclass
class Moment:
    """All that there is at one time: our rows, Stripe's objects, the clock and the dice. On SQLite."""

    rows: sqlite3.Connection
    stripe: dict[str, Any]
    clock: Any
    dice: Any

    @classmethod
    def of(cls, desk: Desk) -> Self:
        rows = sqlite3.connect(":memory:")
        with _rows() as now:
            now.backup(rows)
        stripe = {each.name: copy(getattr(desk.gateway, each.name)) for each in fields(desk.gateway)}
        return cls(rows, stripe, desk.clock.time, desk.random.getstate())

    def come_back(self, desk: Desk) -> None:
        with _rows() as now:
            self.rows.backup(now)
        for name, value in self.stripe.items():
            setattr(desk.gateway, name, copy(value))
        desk.clock.time = self.clock
        desk.random.setstate(self.dice)


@contextmanager
def _rows() -> Iterator[sqlite3.Connection]:
    with closing(db.engine.raw_connection()) as connection:
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        yield driver


@dataclass
class Endings:
    """How the orders of one life end, all those that begin alike."""

    desk: Desk
    life: Life
    length: int
    """Of an order. One event comes again where it is more than there are."""
    orders: int = 0
    found: list[Mapping[str, object]] = field(default_factory=list[Mapping[str, object]])

    def after(self, *order: int) -> Self:
        """Play all orders that begin so."""
        for place, number in enumerate(order):
            self.hear(order[:place], number)
        self._go_on(order)
        return self

    def _go_on(self, order: tuple[int, ...]) -> None:
        if len(order) == self.length:
            self.desk.settle()
            self.orders += 1
            if (state := ending_of(self.life.checkout)) not in self.found:
                self.found.append(state)
            return
        moment = Moment.of(self.desk)
        for place, number in enumerate(self._coming(order)):
            if place:
                moment.come_back(self.desk)
            self.hear(order, number)
            self._go_on((*order, number))
        moment.rows.close()

    def _coming(self, order: tuple[int, ...]) -> list[int]:
        """What may come next: what has not come yet, and one of those that have, once."""
        events = range(len(self.life.happenings))
        may_come_again = self.length - len(events) - (len(order) - len(set(order)))
        return [number for number in events if number not in order or may_come_again]

    def hear(self, order: tuple[int, ...], number: int) -> None:
        """The worker is idle whenever an event comes; an event comes twice under the same id."""
        moment = max(self.life.happenings[each].moment for each in (*order, number))
        self.desk.gateway.objects.update(self.life.truth_once(moment))
        self.desk.hear(self.life.happenings[number], f"evt_{self.life.checkout.id}_{number}")
        self.desk.drain()
