"""What pages of reports may be asked for, at random; and their figures held against their rows."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.periods import Period, whole_month
from donations.reports.figures import adds_up, words_behind
from donations.reports.filters import Compare, Filters, read_filters
from donations.reports.registry import REPORTS
from donations.reports.rows.registry import ROWS
from donations.reports.table import Report
from tests.factories import NOON, ZONE
from tests.histories import ACTS, Act, History, failure, gift, pledge, somebody

ZONES = tuple(map(ZoneInfo, ("Europe/Amsterdam", "Europe/Moscow", "UTC")))
FIRST = date(2025, 9, 20)
"""Histories begin after it."""
LAST = NOON.date()

seeds = st.randoms(use_true_random=True)
"""Small examples, which Hypothesis prefers, would leave most figures of a page at nothing."""


def a_history(random: Random) -> History:
    """Of enough acts that most figures are more than nothing."""
    acts = [(random.choice(ACTS), random.random() < 0.05) for _ in range(random.randint(30, 60))]
    beginnings: list[Act] = [somebody, somebody, pledge, pledge, gift, failure]
    return [*((act, False) for act in beginnings), *acts], [random.getrandbits(30) for _ in range(60)]


def asked(random: Random) -> Filters:
    """Within the days that histories happen in; often from or to the edge of a month."""
    first, last = sorted(a_day(random) for _ in range(2))
    if random.random() < 0.5:
        first, last = whole_month(first).first, min(whole_month(last).last, LAST)
    zone = random.choice(ZONES)
    return Filters(
        period=Period(first, last),
        as_of=NOON + timedelta(days=random.randint(0, 80)),
        zone=zone,
        currency=random.choice((None, None, None, "eur", "usd", "jpy")),
        frequency=random.choice((None, None, None, *Frequency)),
        campaign=random.choice((None, None, None, "spring", "")),
        known_on=random.choice((None, a_day(random))),
        compare=random.choice(tuple(Compare)),
        is_usual_zone=zone.key == ZONE.key,
    )


def a_day(random: Random, last: date = LAST) -> date:
    return FIRST + timedelta(days=random.randint(0, (last - FIRST).days))


def assert_rows_add_up(session: Session, report: Report, filters: Filters) -> int:
    """Every figure with rows behind it is what they come to. How many figures it were."""
    number = 0
    for table in report.tables:
        for (row, key), behind in table.behind.items():
            if behind.of not in ROWS:
                continue
            place = f"{table.slug}, row {row}, {key}"
            words = words_behind(filters, REPORTS[report.slug].applies, behind)
            narrowed = read_filters(words, filters.as_of, ZONE)
            entry = ROWS[behind.of]
            own = {name: word for name, word in words.items() if name in entry.words}
            page = entry.run(session, narrowed.filters, own, 1)
            value = table.rows[row][table.index_of(key)]
            assert (narrowed.problems, page.problems) == ((), ()), place
            assert adds_up(value, page), f"{place}: {value} is not {page.total} of {page.total_rows} rows"
            number += 1
    return number
