"""What a reader is told of a recurring gift, and the days on which it is charged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from donations.domain.gift_days import GiftDays, Pause, charges_to_come, next_charge_on, pause_of
from donations.domain.gift_states import GiftState, state_of
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


DAYS = GiftDays(
    began_at=noon(2026, 1, 31),
    next_at=noon(2026, 2, 28),
    resumes_at=None,
    is_paused=False,
    ends_at=None,
    frequency=Frequency.MONTHLY,
    zone=ZoneInfo("Europe/Amsterdam"),
)


@pytest.mark.parametrize(
    ("standing", "changes", "state"),
    [
        (Standing.ACTIVE, {}, GiftState.ACTIVE),
        (Standing.TRIALING, {}, GiftState.ACTIVE),
        (Standing.INCOMPLETE, {}, GiftState.CONFIRMING),
        (Standing.PAST_DUE, {}, GiftState.FAILED),
        (Standing.UNPAID, {}, GiftState.FAILED),
        (Standing.PAUSED, {}, GiftState.PAUSED),
        (Standing.ACTIVE, {"is_paused": True}, GiftState.PAUSED),
        (Standing.ACTIVE, {"is_paused": True, "resumes_at": noon(2026, 3, 1)}, GiftState.SKIPPED),
        (Standing.ACTIVE, {"is_paused": True, "resumes_at": noon(2026, 4, 1)}, GiftState.PAUSED),
        (Standing.ACTIVE, {"ends_at": noon(2026, 2, 28)}, GiftState.ENDING),
        (Standing.PAST_DUE, {"ends_at": noon(2026, 2, 28)}, GiftState.ENDING),
        (Standing.CANCELED, {"ends_at": noon(2026, 2, 28)}, GiftState.ENDED),
        (Standing.INCOMPLETE_EXPIRED, {}, GiftState.ENDED),
    ],
)
def test_a_reader_is_told_what_matters_most(
    standing: Standing, changes: dict[str, object], state: GiftState
) -> None:
    assert state_of(standing, replace(DAYS, **changes)) is state


def test_charges_keep_to_the_first_day_of_the_gift() -> None:
    assert list(islice(charges_to_come(DAYS), 4)) == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]


def test_a_gift_that_was_moved_to_another_day_is_charged_from_there() -> None:
    moved = replace(DAYS, next_at=noon(2026, 2, 10), frequency=Frequency.ANNUAL)

    assert list(islice(charges_to_come(moved), 2)) == [date(2026, 2, 10), date(2027, 2, 10)]


def test_what_falls_into_a_pause_is_not_charged() -> None:
    paused = replace(DAYS, is_paused=True, resumes_at=noon(2026, 4, 30))

    assert next_charge_on(paused) == date(2026, 4, 30)


def test_a_pause_without_an_end_has_no_charge_to_tell_of() -> None:
    assert next_charge_on(replace(DAYS, is_paused=True)) is None


def test_nothing_is_charged_once_a_gift_has_ended() -> None:
    ending = replace(DAYS, ends_at=noon(2026, 4, 30))

    assert list(charges_to_come(ending)) == [date(2026, 2, 28), date(2026, 3, 31)]
    assert next_charge_on(replace(DAYS, ends_at=noon(2026, 2, 28))) is None


@pytest.mark.parametrize(
    ("charges", "pause"),
    [
        (1, Pause(date(2026, 3, 30), (date(2026, 2, 28),), date(2026, 3, 31))),
        (2, Pause(date(2026, 4, 29), (date(2026, 2, 28), date(2026, 3, 31)), date(2026, 4, 30))),
    ],
)
def test_a_pause_ends_between_the_last_charge_it_leaves_out_and_the_next(charges: int, pause: Pause) -> None:
    assert pause_of(DAYS, charges) == pause

    paused = replace(
        DAYS, is_paused=True, resumes_at=noon(pause.until.year, pause.until.month, pause.until.day)
    )
    assert next_charge_on(paused) == pause.next_on
    assert state_of(Standing.ACTIVE, paused) is (GiftState.SKIPPED if charges == 1 else GiftState.PAUSED)


def test_a_skipped_annual_gift_is_charged_a_year_later() -> None:
    annual = replace(DAYS, next_at=noon(2028, 2, 29), began_at=noon(2027, 2, 28), frequency=Frequency.ANNUAL)

    assert pause_of(annual, 1).next_on == date(2029, 2, 28)


def test_charges_are_reckoned_in_stripes_days_and_told_in_ours() -> None:
    late = replace(
        DAYS,
        began_at=datetime(2026, 1, 30, 23, 30, tzinfo=UTC),
        next_at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC),
    )

    # 28 February and 30 March at 23:30 UTC; in Amsterdam it is the day after.
    assert list(islice(charges_to_come(late), 2)) == [date(2026, 3, 1), date(2026, 3, 31)]
