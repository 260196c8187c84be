"""The shipped offers are the table that the newspaper agreed on."""

from pathlib import Path

import pytest

from donations.content.offers import load_offers
from donations.domain.fees import covering_fees
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offer_data import OfferBookInvalid

EURO_LIKE = {
    Frequency.ONCE: ([25, 50, 100, 250], 50, 2, 10_000),
    Frequency.MONTHLY: ([5, 10, 15, 30], 10, 2, 1_000),
    Frequency.ANNUAL: ([50, 100, 150, 250], 100, 10, 10_000),
}
POUNDS = {
    Frequency.ONCE: ([20, 40, 80, 200], 40, 2, 10_000),
    Frequency.MONTHLY: ([4, 8, 12, 25], 8, 2, 1_000),
    Frequency.ANNUAL: ([40, 80, 120, 200], 80, 10, 10_000),
}


@pytest.mark.parametrize(("currency", "table"), [("eur", EURO_LIKE), ("usd", EURO_LIKE), ("gbp", POUNDS)])
@pytest.mark.parametrize("frequency", list(Frequency))
def test_readers_are_offered_the_agreed_amounts(
    currency: str, table: dict[Frequency, tuple[list[int], int, int, int]], frequency: Frequency
):
    presets, default, least, most = table[frequency]

    offer = load_offers().offer(currency, frequency)

    assert [money.major() for money in offer.presets] == presets
    assert [money.major() for money in (offer.default, offer.least, offer.most)] == [default, least, most]


def test_currencies_stand_in_the_order_that_readers_see():
    assert load_offers().currencies == ("eur", "usd", "gbp")


@pytest.mark.parametrize(("currency", "charge"), [("eur", 1041), ("usd", 1061), ("gbp", 1036)])
def test_ten_with_the_fees_covered(currency: str, charge: int):
    rate = load_offers().fee_rate(currency)

    assert covering_fees(Money(1000, currency), rate) == Money(charge, currency)


def test_the_example_campaign_asks_for_less():
    offer = load_offers().offer("eur", Frequency.MONTHLY, "small-gifts")

    assert offer.default == Money(300, "eur")


def test_another_file_of_the_same_shape_is_read_and_checked(tmp_path: Path):
    path = tmp_path / "offers.toml"
    path.write_text("[offers.eur]\n[fees.eur]\npercent = 1.5\n", encoding="utf-8")

    with pytest.raises(OfferBookInvalid) as caught:
        load_offers(path)

    assert "fees.eur.fixed: is missing" in caught.value.problems
