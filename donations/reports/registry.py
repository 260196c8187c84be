"""Every report by its slug. A new report is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from donations.reports import overview
from donations.reports.filters import Filters
from donations.reports.table import Report


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    run: Callable[[Session, Filters], Report]


REPORTS: Final[Mapping[str, Entry]] = {
    overview.SLUG: Entry(overview.TITLE, overview.run),
}
