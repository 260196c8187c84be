"""One object of Stripe's, read field by field and strictly.

Stripe's JSON is where `Any` enters; it goes no further than this file. A missing or misshapen
field raises UnexpectedAnswer with its name, so that a change at Stripe stops one object with a
reason instead of writing a wrong amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from donations.gateway.errors import UnexpectedAnswer

_T = TypeVar("_T")


class Fields:
    """The fields of one object; `path` names it in errors, such as `subscription.items`."""

    def __init__(self, values: Mapping[str, Any], path: str) -> None:
        self._values = values
        self._path = path

    def text(self, name: str) -> str:
        return self._needed(name, self.maybe_text(name))

    def maybe_text(self, name: str) -> str | None:
        """None when it is missing, null or empty: Stripe clears a field in either way."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise self.unexpected(name)
        return value or None

    def whole(self, name: str) -> int:
        return self._needed(name, self.maybe_whole(name))

    def maybe_whole(self, name: str) -> int | None:
        value = self._values.get(name)
        if value is not None and type(value) is not int:  # A bool is an int to Python.
            raise self.unexpected(name)
        return value

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self.unexpected(name)
        return value

    def is_set(self, name: str) -> bool:
        """Whether a flag is there and true: `deleted` stands only on what was deleted."""
        return name in self._values and self.flag(name)

    def instant(self, name: str) -> datetime:
        return self._needed(name, self.maybe_instant(name))

    def maybe_instant(self, name: str) -> datetime | None:
        seconds = self.maybe_whole(name)
        try:
            return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            raise self.unexpected(name) from None

    def id_of(self, name: str) -> str:
        return self._needed(name, self.maybe_id_of(name))

    def maybe_id_of(self, name: str) -> str | None:
        """The id of a related object, whether Stripe sent the id alone or the whole of it."""
        if isinstance(self._values.get(name), Mapping):
            return self.nested(name).text("id")
        return self.maybe_text(name)

    def nested(self, name: str) -> Fields:
        return self._needed(name, self.maybe_nested(name))

    def maybe_nested(self, name: str) -> Fields | None:
        """A part of this object, or a related one that was expanded."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, Mapping):
            raise self.unexpected(name)
        return None if value is None else Fields(cast("Mapping[str, Any]", value), f"{self._path}.{name}")

    def rows(self) -> tuple[Fields, ...]:
        """What a list holds, if this is one."""
        rows = self._values.get("data")
        if not isinstance(rows, list):
            raise self.unexpected("data")
        return tuple(self._row(row) for row in cast("list[Any]", rows))

    def unexpected(self, name: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(f"{self._path}.{name}")

    def _row(self, row: Any) -> Fields:
        if not isinstance(row, Mapping):
            raise self.unexpected("data")
        return Fields(cast("Mapping[str, Any]", row), f"{self._path}.data")

    def _needed(self, name: str, value: _T | None) -> _T:
        if value is None:
            raise self.unexpected(name)
        return value
