"""What happened since somebody last looked."""

from __future__ import annotations

from tests.sandbox.desk import Desk


class Listener:
    """Tells the types of events in the order in which they happened, each of them once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._heard = len(self._all())

    def types(self) -> list[str]:
        everything = self._all()
        new, self._heard = everything[self._heard :], len(everything)
        return new

    def _all(self) -> list[str]:
        events = self._desk.stripe.v1.events.list({"limit": 100}).auto_paging_iter()
        return [event.type for event in events][::-1]
