"""The CSV of the European Central Bank's Data Portal: series EXR, one observation a line.

`KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE` and more columns that
describe the series. Only what is a reference rate is taken: against the euro (EUR), spot (SP00),
average (A), by month (M) or by day (D).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from donations.domain.ecb_cells import Refused, currency_in, day_of, is_given_in, month_named, rate_in, shown
from donations.domain.rates import MonthRate, in_millionths, month_means

_COLUMNS: Final[tuple[str, ...]] = (
    "KEY",
    "FREQ",
    "CURRENCY",
    "CURRENCY_DENOM",
    "EXR_TYPE",
    "EXR_SUFFIX",
    "TIME_PERIOD",
    "OBS_VALUE",
)
_OF_EARLIER_VERSIONS: Final = frozenset({"ACTION", "VALID_FROM", "VALID_TO"})
_WANTED: Final[Mapping[str, tuple[str, str]]] = {
    "CURRENCY_DENOM": ("EUR", "only rates against the euro (EUR) are taken"),
    "EXR_TYPE": ("SP00", "only reference rates (SP00) are taken"),
    "EXR_SUFFIX": ("A", "only averages (A) are taken"),
}
_NO_OBSERVATION: Final = frozenset({"", "NaN"})
"""What stands for a day on which the bank was closed."""


def is_series_header(header: Sequence[str]) -> bool:
    return tuple(header[: len(_COLUMNS)]) == _COLUMNS


@dataclass(slots=True)
class Series:
    """What was read so far. Lines are all by month or all by day."""

    width: int
    today: date
    frequency: str | None = None
    _found: dict[tuple[date, str], Decimal | None] = field(
        default_factory=dict[tuple[date, str], Decimal | None]
    )
    _left_out: set[str] = field(default_factory=set[str])

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(sorted(self._left_out))

    def take(self, cells: Sequence[str]) -> None:
        """One line. Raises Refused."""
        if len(cells) != self.width:
            raise Refused(f"This line has {len(cells)} cells; the first line has {self.width}.")
        named: dict[str, str] = dict(zip(_COLUMNS, cells, strict=False))
        self._take_frequency(named["FREQ"])
        currency = _checked(named)
        if not is_given_in(currency):
            self._left_out.add(currency)
            return
        read = month_named if self.frequency == "M" else day_of
        when, value = read(named["TIME_PERIOD"], self.today), named["OBS_VALUE"]
        if (when, currency) in self._found:
            raise Refused(f"{currency} of {named['TIME_PERIOD']} stands in an earlier line already.")
        self._found[when, currency] = None if value in _NO_OBSERVATION else rate_in(value)

    def rates(self) -> tuple[MonthRate, ...]:
        """By month and currency, in their order."""
        seen = [(when, code.lower(), rate) for (when, code), rate in self._found.items() if rate is not None]
        if self.frequency == "M":
            return tuple(MonthRate(month, code, in_millionths(rate)) for month, code, rate in sorted(seen))
        return month_means(seen)

    def _take_frequency(self, frequency: str) -> None:
        if frequency not in {"M", "D"}:
            raise Refused(f"{shown(frequency)} as FREQ: only rates by month (M) or by day (D) are taken.")
        self.frequency = self.frequency or frequency
        if frequency != self.frequency:
            raise Refused("Rates by day and by month stand in one file. Give each a file of its own.")


def read_series(header: Sequence[str], today: date) -> Series:
    """A table with this header, to be told its lines.

    Raises Refused where it carries the versions that were corrected later, each as a line of its own.
    """
    odd = next((name for name in header if name in _OF_EARLIER_VERSIONS), None)
    if odd is not None:
        raise Refused(f"The column {odd} says that earlier versions stand in it. Choose the table without.")
    return Series(len(header), today)


def _checked(named: Mapping[str, str]) -> str:
    for name, (value, why) in _WANTED.items():
        if named[name] != value:
            raise Refused(f"{shown(named[name])} as {name}: {why}.")
    currency = currency_in(named["CURRENCY"])
    key = ".".join(("EXR", *(named[name] for name in _COLUMNS[1:6])))
    if named["KEY"] != key:
        raise Refused(f"The key {shown(named['KEY'])} does not fit its line, which is of {key}.")
    return currency
