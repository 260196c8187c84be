"""An error is an English sentence by itself, and its parts for those who say it in another language."""

from donations.domain.errors import AmountTooSmall, DonationError, InvalidEmail
from donations.domain.money import Money


def test_an_error_reads_as_a_whole_sentence_and_keeps_its_values():
    error = AmountTooSmall(Money(250, "eur"))

    assert str(error) == "Enter an amount of €2.50 or more"
    assert error.sentence == "Enter an amount of %(least)s or more"
    assert error.values == {"least": Money(250, "eur")}


def test_a_sentence_without_values_may_hold_a_percent_sign():
    assert str(DonationError("100% wrong")) == "100% wrong"


def test_an_error_can_be_raised_by_its_class_alone():
    assert str(InvalidEmail()) == "Enter an email address, like name@example.com"
    assert str(DonationError()) == ""
