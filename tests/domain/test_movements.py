"""What a change of recurring revenue is called, and that the ledger always adds up."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.gifts import Frequency
from donations.domain.movements import (
    ChurnCause,
    Classified,
    GiftState,
    LedgerState,
    MovementKind,
    MovementTag,
    annual_amount,
    cause_of_end,
    classify,
    heads,
    tag_of_switch,
)
from donations.domain.standing import Standing


def ledger(
    annual: int = 0, *, paused: bool = False, others: bool = False, given: bool = False
) -> LedgerState:
    return LedgerState(annual, paused, others, given)


def gift(annual: int = 0, *, end: ChurnCause | None = None) -> GiftState:
    return GiftState(annual, end)


PAUSED = gift()


LEFT = ChurnCause.VOLUNTARY


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (ledger(), gift(120), Classified(MovementKind.NEW, 120, 1)),
        (ledger(given=True), gift(120), Classified(MovementKind.REACTIVATED, 120, 1)),
        (ledger(others=True, given=True), gift(120), Classified(MovementKind.UPGRADED, 120, 0)),
        (ledger(paused=True, given=True), gift(120), Classified(MovementKind.RESUMED, 120, 1)),
        (ledger(paused=True, others=True, given=True), gift(120), Classified(MovementKind.RESUMED, 120, 0)),
        (ledger(120, given=True), gift(180), Classified(MovementKind.UPGRADED, 60, 0)),
        (ledger(120, given=True), gift(100), Classified(MovementKind.DOWNGRADED, -20, 0)),
        (ledger(120, given=True), PAUSED, Classified(MovementKind.PAUSED, -120, -1)),
        (ledger(120, others=True, given=True), PAUSED, Classified(MovementKind.PAUSED, -120, 0)),
        (ledger(120, given=True), gift(end=LEFT), Classified(MovementKind.CHURNED, -120, -1, LEFT)),
        (
            ledger(120, others=True, given=True),
            gift(end=LEFT),
            Classified(MovementKind.DOWNGRADED, -120, 0, LEFT),
        ),
        (ledger(paused=True, given=True), gift(end=LEFT), Classified(MovementKind.CHURNED, 0, 0, LEFT)),
        (ledger(120, given=True), gift(120), None),
        (ledger(), gift(), None),
        (ledger(), gift(end=LEFT), None),
        (ledger(paused=True, given=True), PAUSED, None),
    ],
)
def test_a_movement_is_named_by_what_it_means_for_the_supporter(
    before: LedgerState, now: GiftState, expected: Classified | None
) -> None:
    assert classify(before, now) == expected


@pytest.mark.parametrize(
    ("before", "difference", "expected"),
    [(0, 0, 0), (0, 1, 1), (0, 12000, 1), (1, -1, -1), (12000, -12000, -1), (1, 1, 0), (12000, -11999, 0)],
)
def test_a_head_is_counted_when_something_comes_of_nothing_or_goes_back_to_it(
    before: int, difference: int, expected: int
) -> None:
    assert heads(before, difference) == expected


def test_a_minor_unit_more_a_year_is_an_upgrade() -> None:
    assert classify(ledger(120, given=True), gift(121)) == Classified(MovementKind.UPGRADED, 1, 0)


def test_a_years_worth_is_a_whole_number_of_minor_units() -> None:
    worth = annual_amount(1001, Frequency.MONTHLY)

    assert (worth, type(worth)) == (12012, int)


def test_ten_euros_a_month_that_become_a_hundred_a_year_are_a_downgrade_and_tagged() -> None:
    monthly, annual = annual_amount(1000, Frequency.MONTHLY), annual_amount(10000, Frequency.ANNUAL)

    moved = classify(ledger(monthly, given=True), gift(annual))

    assert moved == Classified(MovementKind.DOWNGRADED, -2000, 0)
    assert round(-2000 / 12) == -167
    assert tag_of_switch(Frequency.MONTHLY, Frequency.ANNUAL) is MovementTag.SWITCHED_TO_ANNUAL
    assert tag_of_switch(Frequency.ANNUAL, Frequency.MONTHLY) is MovementTag.SWITCHED_TO_MONTHLY
    assert tag_of_switch(Frequency.ANNUAL, Frequency.ANNUAL) is None


@pytest.mark.parametrize(
    ("standing", "reason", "cause"),
    [
        (Standing.CANCELED, "cancellation_requested", ChurnCause.VOLUNTARY),
        (Standing.CANCELED, None, ChurnCause.VOLUNTARY),
        (Standing.CANCELED, "payment_failed", ChurnCause.PAYMENT_FAILURE),
        (Standing.CANCELED, "payment_disputed", ChurnCause.DISPUTE),
        (Standing.UNPAID, None, ChurnCause.PAYMENT_FAILURE),
        (Standing.ACTIVE, "cancellation_requested", None),
        (Standing.PAUSED, None, None),
    ],
)
def test_voluntary_and_involuntary_ends_are_kept_apart(
    standing: Standing, reason: str | None, cause: ChurnCause | None
) -> None:
    assert cause_of_end(standing, reason) is cause


@dataclass
class Books:
    """A supporter's gifts and their ledger, kept as `services.movements` keeps them."""

    gifts: dict[int, GiftState] = field(default_factory=dict)
    lines: list[tuple[int, Classified]] = field(default_factory=list)

    def change(self, number: int, now: GiftState) -> None:
        mine = [line for gift_number, line in self.lines if gift_number == number]
        sums = {n: self.booked(n) for n in self.gifts if n != number}
        moved = classify(
            LedgerState(
                annual_amount=self.booked(number),
                was_paused=bool(mine) and mine[-1].kind is MovementKind.PAUSED,
                others_count=any(sums.values()),
                has_given=bool(self.lines),
            ),
            now,
        )
        self.gifts[number] = now
        if moved is not None:
            self.lines.append((number, moved))

    def booked(self, number: int) -> int:
        return sum(line.annual_amount for gift_number, line in self.lines if gift_number == number)


STATES = st.one_of(
    st.integers(1, 1000).map(lambda amount: gift(amount)),
    st.just(PAUSED),
    st.just(gift()),
    st.sampled_from(ChurnCause).map(lambda cause: gift(end=cause)),
)


@given(st.lists(st.tuples(st.integers(1, 3), STATES), max_size=30))
def test_opening_and_movements_always_make_closing(changes: list[tuple[int, GiftState]]) -> None:
    books = Books()

    for number, now in changes:
        books.change(number, now)

        for each, state in books.gifts.items():
            assert books.booked(each) == state.annual_amount
        heads = sum(line.supporters for _, line in books.lines)
        assert heads == any(state.annual_amount for state in books.gifts.values())
