"""The offers of offers.toml, or of another file of the same shape."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Final

from donations.domain.offers import OfferBook

_SHIPPED: Final = Path(__file__).with_name("offers.toml")


def load_offers(path: Path | None = None) -> OfferBook:
    """The book that the file describes; the shipped one by default.

    Raises OfferBookInvalid with every problem at once, OSError and TOMLDecodeError as they come.
    """
    with (path or _SHIPPED).open("rb") as file:
        # Decimals, so that 0.30 is thirty cents and not a little less.
        return OfferBook.from_mapping(tomllib.load(file, parse_float=Decimal))
