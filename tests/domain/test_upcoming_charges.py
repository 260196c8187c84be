"""The days to come are those on which Stripe will charge."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from donations.domain.gifts import Frequency
from donations.domain.upcoming_charges import upcoming_charges

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(next_at: str, began_at: str, frequency: Frequency, n: int) -> list[str]:
    found = upcoming_charges(at(next_at), at(began_at), frequency, AMSTERDAM)
    return [day.isoformat() for day in islice(found, n)]


def test_a_gift_of_31_january_is_charged_at_the_end_of_each_shorter_month() -> None:
    assert days("2027-02-28T12:00", "2027-01-31T12:00", Frequency.MONTHLY, 12) == [
        "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
        "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31",
    ]  # fmt: skip


def test_a_yearly_gift_of_a_leap_day_comes_back_to_it() -> None:
    assert days("2029-02-28T12:00", "2028-02-29T12:00", Frequency.ANNUAL, 4) == [
        "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
    ]  # fmt: skip


def test_a_monthly_gift_meets_the_leap_day() -> None:
    assert days("2028-01-31T12:00", "2027-10-31T12:00", Frequency.MONTHLY, 3) == [
        "2028-01-31", "2028-02-29", "2028-03-31",
    ]  # fmt: skip


def test_a_charge_late_in_the_evening_falls_on_the_next_day_of_the_zone_all_year() -> None:
    """Begun at 00:30 on 1 February in Amsterdam; in summer the same instant is 01:30."""
    assert days("2027-02-28T23:30", "2027-01-31T23:30", Frequency.MONTHLY, 3) == [
        "2027-03-01", "2027-04-01", "2027-05-01",
    ]  # fmt: skip


def test_a_charge_at_eleven_in_the_evening_moves_with_summer_time() -> None:
    """Begun at 23:30 in Amsterdam, in winter."""
    assert days("2027-02-15T22:30", "2027-01-15T22:30", Frequency.MONTHLY, 3) == [
        "2027-02-15", "2027-03-15", "2027-04-16",
    ]  # fmt: skip


def test_a_rhythm_begun_anew_is_reckoned_from_its_own_first_charge() -> None:
    assert days("2027-03-10T12:00", "2027-01-31T12:00", Frequency.MONTHLY, 2) == ["2027-03-10", "2027-04-10"]


def test_a_seconds_delay_of_stripes_changes_no_day() -> None:
    assert days("2027-02-28T12:00:07", "2027-01-31T12:00", Frequency.MONTHLY, 2) == [
        "2027-02-28", "2027-03-31",
    ]  # fmt: skip
