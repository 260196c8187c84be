"""The same seed makes the same history, and what is drawn keeps within its bounds. No database is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from donations.models.vault import Vault
from donations.services.demo import NoSuchHistory, end_of, estimate
from donations.services.demo.campaigns import Campaigns
from donations.services.demo.chronicle import Chronicle, Keys
from donations.services.demo.moments import DAY, Anchor, Moments, day_number, instant, seconds
from donations.services.demo.plan import DemoPlan
from donations.services.demo.seasons import Seasons
from donations.services.demo.tables import COLUMNS, NUMBERED, SEALED, Block, Row
from tests.services.demo.conftest import NOW, PLAN, ZONE

SMALL = replace(PLAN, supporters=40)
FIRST = dict.fromkeys(NUMBERED, 1)


def drawn(vault: Vault, plan: DemoPlan, *sizes: int) -> list[Block]:
    chronicle, next_ids, blocks = Chronicle(plan, Keys(vault, bytes(32)), {}), FIRST, list[Block]()
    for size in sizes:
        blocks.append(chronicle.block(next_ids, size))
        next_ids = blocks[-1].next_ids
    return blocks


def told(blocks: list[Block]) -> dict[str, list[Row]]:
    """All rows, but for what is sealed, which never is the same twice."""
    return {
        table: [
            tuple(value for value, column in zip(row, columns, strict=True) if column not in SEALED)
            for block in blocks
            for row in block.rows[table]
        ]
        for table, columns in COLUMNS.items()
    }


def test_the_same_seed_makes_the_same_history_in_blocks_of_any_size(vault: Vault) -> None:
    assert told(drawn(vault, SMALL, 40)) == told(drawn(vault, SMALL, 7, 32, 1))


def test_another_seed_makes_another_history(vault: Vault) -> None:
    one, other = told(drawn(vault, SMALL, 40)), told(drawn(vault, replace(SMALL, seed=8), 40))

    assert one["donation"] != other["donation"]


def test_supporters_that_are_added_live_lives_of_their_own(vault: Vault) -> None:
    first, second = told(drawn(vault, SMALL, 20, 20)[:1]), told(drawn(vault, SMALL, 20, 20)[1:])

    references = COLUMNS["checkout"].index("reference")
    assert not {row[references] for row in first["checkout"]} & {
        row[references] for row in second["checkout"]
    }


@pytest.mark.parametrize("years", [1, 3, 5, 20, 40])
def test_places_are_few_however_long_the_history(years: int) -> None:
    last = day_number(date(2026, 10, 31))
    campaigns = Campaigns(last - years * 365, last)

    assert 20 < len(campaigns.places) <= 80
    assert len(set(campaigns.places)) == len(campaigns.places)
    assert len({place.campaign for place in campaigns.places}) <= 13
    random = Random(1)
    for _ in range(200):
        at = (last - int(random.random() * years * 365)) * DAY
        place = campaigns.draw(random, at)
        windows = [each for each in campaigns.windows if each.first <= at // DAY <= each.last]
        named = "" if place is None else campaigns.places[place].campaign
        assert named in {"", "independent-journalism", *(each.name for each in windows)}


def test_a_gift_is_never_drawn_outside_the_time_that_is_asked_for() -> None:
    random, last = Random(2), day_number(date(2026, 10, 31))
    seasons = Seasons(last - 400, last, (), random)

    for _ in range(500):
        begins = (last - 400) * DAY + int(random.random() * 400 * DAY)
        ends = begins + 1 + int(random.random() * 30 * DAY)
        assert begins <= seasons.draw(random, begins, ends) < ends
    assert seasons.draw(random, begins, begins) == begins


def test_charges_are_reckoned_from_the_first_day() -> None:
    anchor = Anchor.of(seconds(NOW.replace(month=1, day=31)))

    days = [instant(anchor.later(months)).date() for months in (0, 1, 2, 13)]

    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2027, 2, 28)]


def test_days_are_those_of_the_zone_also_when_clocks_change() -> None:
    moments = Moments(ZONE)

    # Clocks go back on 25 October 2026 at 01:00 UTC.
    assert moments.day(seconds(NOW.replace(month=10, day=24, hour=21, minute=59))) == "2026-10-24"
    assert moments.day(seconds(NOW.replace(month=10, day=24, hour=22))) == "2026-10-25"
    assert moments.day(seconds(NOW.replace(month=10, day=25, hour=22, minute=59))) == "2026-10-25"
    assert moments.day(seconds(NOW.replace(month=10, day=25, hour=23))) == "2026-10-26"


def test_a_history_of_days_to_come_is_refused() -> None:
    with pytest.raises(NoSuchHistory):
        end_of(date(2026, 11, 22), ZONE, NOW)


def test_an_estimate_is_near_what_is_written(vault: Vault) -> None:
    rows = estimate(vault, replace(PLAN, supporters=6_000)).rows

    assert rows["supporter"] == 6_000
    assert 8 * 6_000 < rows["donation"] < 13 * 6_000
    assert rows["origin"] <= 80
