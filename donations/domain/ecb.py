"""Read a table of the European Central Bank's reference rates, as the bank publishes them.

Three forms: `eurofxref-hist.csv` (a row a day, a column a currency, `N/A` where there was none),
`eurofxref.csv` (the same for one day, written `22 November 2026`), and the Data Portal's CSV of the
series EXR (a row for each currency and day or month). Nothing else is guessed at: a line that is not
what the bank writes is named with its reason, and a table with such a line gives no rates at all,
because a month's mean without one of its days would look like any other.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from donations.domain import ecb_cells
from donations.domain.ecb_cells import Refused
from donations.domain.ecb_series import is_series_header, read_series
from donations.domain.rates import MonthRate, month_means

MOST_PROBLEMS: Final = 100
"""After so many lines that cannot be read, the file is another one than was meant."""

_NOT_A_TABLE: Final = (
    "This is no table of the European Central Bank that we know: the first line must begin with "
    "“Date,” (eurofxref-hist.csv, eurofxref.csv) or with “KEY,FREQ,CURRENCY,” (CSV of its Data Portal)."
)
_NOT_TEXT: Final = "This file is not text in UTF-8."
_ZIP: Final = "This is a ZIP file. Unpack it and choose the CSV file in it."
_EMPTY: Final = "This table has no rates in it."


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was refused; line 1 is the first."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class EcbTable:
    """What a file says. Where there are problems, there are no rates."""

    rates: tuple[MonthRate, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()
    """Codes of currencies in it that nobody can give in, such as those that became the euro."""


@dataclass(slots=True)
class _Reading:
    today: date
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def is_hopeless(self) -> bool:
        return len(self.problems) >= MOST_PROBLEMS

    def refuse(self, line: int, error: Refused) -> None:
        self.problems.append(Problem(line, str(error)))


def read_table(content: bytes, today: date) -> EcbTable:
    """The rates of a file. Days after `today` are refused, for the bank cannot have published them."""
    if content.startswith(b"PK\x03\x04"):
        return _hopeless(_ZIP)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _hopeless(_NOT_TEXT)
    reading = _Reading(today)
    table = _read(_rows(text, reading), reading)
    if reading.problems:
        return EcbTable(problems=tuple(reading.problems), left_out=table.left_out)
    return table if table.rates else _hopeless(_EMPTY)


def _hopeless(reason: str) -> EcbTable:
    return EcbTable(problems=(Problem(1, reason),))


_Row = tuple[int, list[str]]


def _rows(text: str, reading: _Reading) -> Iterator[_Row]:
    """Each line that is not empty, with its number, its cells trimmed."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in lines:
            cells = [cell.strip(" ") for cell in row]
            if any(cells):
                yield lines.line_num, cells
    except csv.Error as error:
        reading.refuse(lines.line_num, Refused(f"This line is not CSV: {error}."))


def _read(rows: Iterator[_Row], reading: _Reading) -> EcbTable:
    line, header = next(rows, (1, [""]))
    try:
        if header[0] == "Date":
            return _read_days(header, rows, reading)
        if is_series_header(header):
            return _read_series(header, rows, reading)
    except Refused as error:
        reading.refuse(line, error)
    else:
        reading.refuse(line, Refused(_NOT_A_TABLE if any(header) else _EMPTY))
    return EcbTable()


def _read_days(header: list[str], rows: Iterator[_Row], reading: _Reading) -> EcbTable:
    columns = ecb_cells.currency_columns(header)
    taken = {index: code for index, code in columns.items() if ecb_cells.is_given_in(code)}
    left_out = tuple(code for code in columns.values() if not ecb_cells.is_given_in(code))
    found, seen = list[tuple[date, str, Decimal]](), set[date]()
    for line, cells in rows:
        if reading.is_hopeless:
            break
        try:
            day = ecb_cells.whole_row(cells, header, reading.today)
            ecb_cells.only_once(day, seen)
            found += [(day, code.lower(), rate) for code, rate in ecb_cells.rates_in(cells, taken)]
        except Refused as error:
            reading.refuse(line, error)
    return EcbTable(() if reading.problems else month_means(found), left_out=left_out)


def _read_series(header: list[str], rows: Iterator[_Row], reading: _Reading) -> EcbTable:
    series = read_series(header, reading.today)
    for line, cells in rows:
        if reading.is_hopeless:
            break
        try:
            series.take(cells)
        except Refused as error:
            reading.refuse(line, error)
    return EcbTable(() if reading.problems else series.rates(), left_out=series.left_out)
