"""Money of a period beside that of the period it is compared with, and how sentences put it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.rates import HOME_CURRENCY
from donations.reports.currency_order import in_order
from donations.reports.filters import Compare, Filters
from donations.reports.sum_values import MoneySums
from donations.reports.sums import Key, money_by
from donations.reports.words import amounts, counted

NOTHING: Final = MoneySums()


@dataclass(frozen=True, slots=True)
class Takings:
    """Both by the same keys, which `names` names in their order."""

    filters: Filters
    names: tuple[str, ...]
    now: Mapping[Key, MoneySums]
    before: Mapping[Key, MoneySums]

    def by(self, *names: str) -> Takings:
        """The same by fewer keys."""
        places = [self.names.index(name) for name in names]
        return Takings(self.filters, names, _folded(self.now, places), _folded(self.before, places))

    def both(self, *key: object) -> tuple[MoneySums, MoneySums]:
        """Nothing where nothing was."""
        return self.now.get(key, NOTHING), self.before.get(key, NOTHING)

    @property
    def seen(self) -> set[Key]:
        """The keys of what there is in either period."""
        return {key for found in (self.now, self.before) for key, sums in found.items() if sums != NOTHING}


def takings(session: Session, filters: Filters, *names: str) -> Takings:
    """One query for each period. Their cost grows with the days, not with the donations."""
    now, before = (
        money_by(session, filters, period, *names) for period in (filters.period, filters.previous)
    )
    return Takings(filters, names, now, before)


def shown(codes: Iterable[str], filters: Filters) -> tuple[str, ...]:
    """The same, but never none, so that a page can say that there was nothing."""
    return in_order(codes) or (filters.currency or HOME_CURRENCY,)


def _folded(found: Mapping[Key, MoneySums], places: Sequence[int]) -> dict[Key, MoneySums]:
    folded: dict[Key, MoneySums] = {}
    for key, sums in found.items():
        fewer = tuple(key[place] for place in places)
        folded[fewer] = folded.get(fewer, NOTHING) + sums
    return folded


def amounts_of(by_currency: Mapping[Key, MoneySums], pick: Callable[[MoneySums], int]) -> str:
    """`€10 and $20`, the home currency first; `nothing` for none."""
    codes = in_order(code for (code,) in by_currency)
    return amounts(Money(pick(by_currency[code,]), code) for code in codes)


def given(by_currency: Mapping[Key, MoneySums]) -> str:
    """`€10 and $20 in 3 donations`, `no donations`."""
    donations = sum(sums.donations for sums in by_currency.values())
    if not donations:
        return "no donations"
    return f"{amounts_of(by_currency, lambda sums: sums.gross)} in {counted(donations, 'donation')}"


def before_words(filters: Filters) -> str:
    """When the other period was."""
    return "in the days before" if filters.compare is Compare.BEFORE else "a year before"


def pending_sentence(by_currency: Mapping[Key, MoneySums]) -> str | None:
    """What net does not lack yet but will; None where every fee is known."""
    donations = sum(sums.pending_donations for sums in by_currency.values())
    if not donations:
        return None
    gross = amounts_of(by_currency, lambda sums: sums.pending_gross)
    fee = "The fee" if donations == 1 else "The fees"
    verb = "is" if donations == 1 else "are"
    return f"{fee} of {counted(donations, 'donation')} ({gross}) {verb} not known yet, and not taken off."
