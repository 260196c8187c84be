"""What the page says of variants and of many names, without a database."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from donations.domain.conversion import Step
from donations.domain.periods import Period
from donations.reports.conversion import CAMPAIGNS, MOST_NAMES, by, together
from donations.reports.filters import Filters
from donations.reports.variants import variants_table
from tests.factories import ZONE

FILTERS = Filters(Period(date(2026, 11, 1), date(2026, 11, 22)), datetime(2026, 11, 23, tzinfo=UTC), ZONE)


def steps(visits: int, paid: int) -> Counter[Step]:
    return Counter({Step.SUPPORT: visits, Step.CHECKOUT: paid, Step.PAID: paid})


def test_a_variant_that_does_better_beyond_chance_is_said_to() -> None:
    table = variants_table({("spring", "a"): steps(1_000, 50), ("spring", "b"): steps(1_000, 100)})

    assert table.values("verdict") == ("Behind b", "Better than a")
    assert table.sentence == "In spring, b brought more gifts a visit than a."


def test_without_enough_data_no_variant_is_called_better() -> None:
    close = {("spring", "a"): steps(1_000, 50), ("spring", "b"): steps(1_000, 70)}
    few = {("autumn", "a"): steps(99, 0), ("autumn", "b"): steps(1_000, 500)}

    table = variants_table(close | few)

    assert set(table.values("verdict")) == {"Not enough data"}
    assert table.sentence == "There is not enough data to say that one variant does better than another."


def test_variants_of_two_campaigns_are_not_held_against_each_other() -> None:
    table = variants_table({("spring", "a"): steps(1_000, 50), ("autumn", "b"): steps(1_000, 100)})

    assert set(table.values("verdict")) == {"Not enough data"}


def test_more_gifts_than_visits_are_no_share_and_no_verdict() -> None:
    table = variants_table({("spring", "a"): steps(10, 500), ("spring", "b"): steps(1_000, 100)})

    assert table.values("paid_of_support")[0] is None
    assert set(table.values("verdict")) == {"Not enough data"}


def test_names_beyond_the_most_that_are_shown_stand_in_one_row_and_add_up() -> None:
    found = {(f"c{n:04}",): steps(2, 1) for n in range(MOST_NAMES + 40)}

    table = by(CAMPAIGNS, found, FILTERS)

    assert len(table.rows) == MOST_NAMES + 1
    assert table.rows[-1][0] == "40 others"
    visits = [cell for cell in table.values("support") if isinstance(cell, int)]
    assert sum(visits) == 2 * (MOST_NAMES + 40)
    assert (MOST_NAMES, "support") not in table.behind


def test_the_share_is_said_with_its_interval_and_not_where_there_is_none() -> None:
    assert together(steps(1_000, 50), FILTERS).sentence == (
        "Of 100 visits to the page where readers give, 5.0 led to a gift; most likely between 3.8 and 6.5 do."
    )
    assert "cannot be said" in together(Counter(), FILTERS).sentence
