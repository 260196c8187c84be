"""A gift is more than nothing, and knows how often it comes."""

import pytest

from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money


@pytest.mark.parametrize("amount", [0, -1])
def test_a_gift_of_nothing_or_less_is_refused(amount: int):
    with pytest.raises(ValueError, match=f"not {amount}$"):
        Gift(Money(amount, "eur"), Frequency.ONCE)


def test_the_values_that_links_and_rows_carry_are_fixed():
    assert [str(each) for each in Frequency] == ["once", "monthly", "annual"]


@pytest.mark.parametrize(
    ("frequency", "months", "is_recurring"),
    [(Frequency.ONCE, None, False), (Frequency.MONTHLY, 1, True), (Frequency.ANNUAL, 12, True)],
)
def test_a_frequency_knows_its_months(frequency: Frequency, months: int | None, is_recurring: bool):
    assert (frequency.months, frequency.is_recurring) == (months, is_recurring)
