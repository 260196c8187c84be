"""Whole lives of supporters: when they came, what they gave, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from donations.domain.gifts import Frequency
from donations.services.demo.amounts import Amounts
from donations.services.demo.campaigns import Campaigns
from donations.services.demo.gift_life import GiftLife
from donations.services.demo.gifts import OnceGift, RecurringGift
from donations.services.demo.moments import DAY, HOUR, MINUTE, Anchor, seconds
from donations.services.demo.plan import DemoPlan
from donations.services.demo.seasons import Seasons
from donations.services.demo.settlements import Settlements

ATTEMPTS_KEPT: Final = 7 * DAY
"""For how long an attempt that came to nothing is kept."""
_BEFORE_END: Final = 2 * MINUTE
"""What happens at the very end we would not have heard of yet."""
_NEVER: Final = 0.05
_ONCE: Final = 0.35
_ANNUAL: Final = 0.11
_ERASED: Final = 0.008


@dataclass(slots=True)
class Life:
    """What one supporter did. Instants are seconds since 1970."""

    joined_at: int
    currency: str
    once: list[OnceGift] = field(default_factory=list[OnceGift])
    recurring: list[RecurringGift] = field(default_factory=list[RecurringGift])
    attempts: list[OnceGift] = field(default_factory=list[OnceGift])
    """What came to nothing, of the last days only."""
    erased_at: int | None = None


class World:
    """What all lives have in common: drawn once, from the seed."""

    def __init__(self, plan: DemoPlan) -> None:
        random = Random(plan.seed)  # noqa: S311 - believable, not secret
        self.since, self.until = seconds(plan.since), seconds(plan.until)
        first, last = self.since // DAY, self.until // DAY
        self.campaigns = Campaigns(first, last)
        self.seasons = Seasons(first, last, self.campaigns.windows, random)
        self.settlements = Settlements(self.since, self.until, random)
        self.amounts = Amounts(plan.offers)

    def live(self, random: Random) -> Life:
        """One life, all of whose chances are those of `random`."""
        return _Living(self, random).live()


class _Living:
    def __init__(self, world: World, random: Random) -> None:
        self._world = world
        self._random = random
        end = world.until - _BEFORE_END
        joined_at = world.seasons.draw(random, world.since, end)
        self._life = Life(joined_at, world.amounts.draw_currency(random))
        self._horizon = end
        if random.random() < _ERASED and end - joined_at > 30 * DAY:
            self._life.erased_at = self._horizon = self._forgotten_at(joined_at, end)

    def _forgotten_at(self, joined_at: int, end: int) -> int:
        return joined_at + DAY + int(self._random.random() * (end - joined_at - DAY))

    def live(self) -> Life:
        life, kind = self._life, self._random.random()
        if kind < _NEVER:
            self._only_try()
        elif kind < _NEVER + _ONCE:
            self._give_now_and_then(life.joined_at, most=8, again=0.38)
            self._perhaps_give_regularly()
        else:
            is_annual = self._random.random() < _ANNUAL / (1 - _NEVER - _ONCE)
            gift = self._give_regularly(life.joined_at, Frequency.ANNUAL if is_annual else Frequency.MONTHLY)
            self._give_beside(gift)
            self._come_back(gift)
        self._try_lately()
        return life

    def _only_try(self) -> None:
        """Half of those whom we know by an attempt alone tried in the last days."""
        life, world = self._life, self._world
        if self._random.random() < 0.5 and life.erased_at is None:
            ago = HOUR + int(self._random.random() * (ATTEMPTS_KEPT - 2 * HOUR))
            life.joined_at = max(world.since, self._horizon - ago)
            life.attempts.append(self._once(life.joined_at, world.amounts.draw_currency(self._random)))

    def _give_now_and_then(self, begins: int, *, most: int, again: float) -> None:
        """The first gift at once, the next ones when many give."""
        at = begins
        for _ in range(most):
            if at >= self._horizon:
                return
            self._life.once.append(self._once(at, self._life.currency))
            if self._random.random() >= again:
                return
            at = self._world.seasons.draw(self._random, at + 20 * DAY, at + 500 * DAY)

    def _perhaps_give_regularly(self) -> None:
        """Some say yes to a gift each month, either at once for a month later or some time after."""
        first, chance = self._life.once[0], self._random.random()
        if chance < 0.05:
            begins_at = Anchor.of(first.at).later(1)
            self._give_regularly(first.at + 5 * MINUTE, Frequency.MONTHLY, begins_later_at=begins_at)
        elif chance < 0.15:
            at = self._world.seasons.draw(self._random, first.at + 30 * DAY, first.at + 700 * DAY)
            self._give_regularly(at, Frequency.MONTHLY)

    def _give_beside(self, gift: RecurringGift | None) -> None:
        """Something once, now and then; some begin a second gift, even in another currency."""
        if gift is None:
            return
        chance, draw = self._random.random(), self._world.seasons.draw
        if chance < 0.15:
            self._give_now_and_then(
                draw(self._random, gift.agreed_at + 40 * DAY, self._horizon), most=3, again=0.3
            )
        elif chance < 0.19:
            if self._random.random() < 0.3:
                self._life.currency = self._world.amounts.draw_currency(self._random)
            self._give_regularly(draw(self._random, gift.agreed_at + DAY, self._horizon), Frequency.MONTHLY)

    def _come_back(self, gift: RecurringGift | None) -> None:
        """One in seven begins anew within a year or so."""
        while gift is not None and gift.ended_at is not None and self._random.random() < 0.15:
            again = gift.ended_at + 20 * DAY
            at = self._world.seasons.draw(self._random, again, again + 400 * DAY)
            gift = self._give_regularly(at, gift.agreed_frequency)

    def _try_lately(self) -> None:
        """An attempt before the one that was paid, as far as it is still kept."""
        life = self._life
        gifts = [*(each.at for each in life.once), *(each.agreed_at for each in life.recurring)]
        kept_since = self._world.until - ATTEMPTS_KEPT + DAY
        if gifts and max(gifts) > kept_since and life.erased_at is None and self._random.random() < 0.25:
            at = max(gifts) - 2 * HOUR
            life.joined_at = min(life.joined_at, at)
            life.attempts.append(self._once(at, life.currency))

    def _once(self, at: int, currency: str) -> OnceGift:
        random, world = self._random, self._world
        is_offline = random.random() < 0.03
        place = None if is_offline else world.campaigns.draw(random, at)
        amount = world.amounts.draw(random, currency, Frequency.ONCE)
        return OnceGift(at, currency, amount, place, world.settlements.draw_card(random), is_offline)

    def _give_regularly(
        self, at: int, frequency: Frequency, *, begins_later_at: int | None = None
    ) -> RecurringGift | None:
        """None where the history is over before."""
        if at >= self._horizon:
            return None
        random, world, life = self._random, self._world, self._life
        gift = RecurringGift(
            agreed_at=at,
            currency=life.currency,
            frequency=frequency,
            agreed=world.amounts.draw(random, life.currency, frequency),
            place=world.campaigns.draw(random, at),
            card=world.settlements.draw_card(random),
            begins_later_at=begins_later_at,
            is_beside=any(each.ended_at is None or each.ended_at > at for each in life.recurring),
        )
        living = GiftLife(random, gift, world.amounts, self._horizon)
        living.live()
        if life.erased_at is not None:
            living.forget(life.erased_at)
        life.recurring.append(gift)
        return gift
