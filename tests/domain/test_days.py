"""Days in the languages of our readers."""

from __future__ import annotations

from datetime import date

import pytest

from donations.domain.days import format_day, format_month

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("locale", "day", "month"),
    [
        ("en", "1 March 2026", "March 2026"),
        ("ru", "1 марта 2026 года", "марта 2026 года"),
        ("nl-NL", "1 maart 2026", "maart 2026"),
    ],
)
def test_a_day_is_written_as_a_sentence_of_the_language_has_it(locale: str, day: str, month: str) -> None:
    assert (format_day(DAY, locale), format_month(DAY, locale)) == (day, month)
