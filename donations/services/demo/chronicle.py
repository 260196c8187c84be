"""Write lives down as rows: whole supporters, one after another, each from chances of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.suppressions import SuppressionReason
from donations.models.vault import DataKey, Vault, blind_index
from donations.services import supporters
from donations.services.demo.campaigns import Place
from donations.services.demo.gift_rows import Attempt, GiftRows, Giver, invoice_id, status_of
from donations.services.demo.gifts import OnceGift, RecurringGift
from donations.services.demo.ledger import lines_of
from donations.services.demo.lives import Life, World
from donations.services.demo.moments import HOUR, MINUTE, Moments, seconds
from donations.services.demo.money_rows import MoneyRows, Paid, payment_intent_id
from donations.services.demo.origins import Origins
from donations.services.demo.people import Person, invent
from donations.services.demo.plan import DemoPlan
from donations.services.demo.references import draw_reference
from donations.services.demo.tables import Block

_ON_STRIPES_PAGE: Final = 4 * MINUTE
"""How long one takes at most."""
_SUPPRESSED: Final = 0.01
_NEUTRAL: Final = 0.03
_SUPPRESSIONS: Final = tuple(each.value for each in SuppressionReason)


@dataclass(frozen=True, slots=True)
class Keys:
    """What seals addresses and finds them again."""

    vault: Vault
    email_index: bytes


@dataclass(slots=True)
class _Account:
    """What the gifts of one supporter need to know of them."""

    giver: Giver
    random: Random
    opens_before: int
    """How many seconds before it is paid a checkout was opened."""
    wants_newsletter: bool
    name: str | None
    """For the first gift that is paid; nothing after it."""

    def take_name(self) -> str | None:
        name, self.name = self.name, None
        return name


class Chronicle:
    """Writes the lives of a plan. `origins` are those that there are already, with their keys."""

    def __init__(self, plan: DemoPlan, keys: Keys, origins: Mapping[Place, int]) -> None:
        self._seed = plan.seed
        self._world = world = World(plan)
        self._keys = keys
        self._until = seconds(plan.until)
        self._moments = Moments(plan.zone)
        self._origins = Origins(world.campaigns.places, dict(origins))
        self._gifts = GiftRows(self._moments, self._origins, self._until)
        self._money = MoneyRows(self._moments, world.settlements, self._until)

    def block(self, next_ids: Mapping[str, int], supporters_in_it: int) -> Block:
        """The next supporters. Whatever the block, the same number has the same life."""
        block = Block(dict(next_ids))
        for _ in range(supporters_in_it):
            number = block.take_id("supporter")
            self._add(block, number, Random(f"{self._seed}/{number}"))  # noqa: S311 - believable, not secret
        return block

    def _add(self, block: Block, supporter_id: int, random: Random) -> None:
        life, person = self._world.live(random), invent(random, supporter_id)
        account = _Account(
            Giver(supporter_id, person.language, None),
            random,
            20 + int(random.random() * _ON_STRIPES_PAGE),
            random.random() < 0.4,
            person.name,
        )
        account.giver = account.giver._replace(key=self._add_supporter(block, account, life, person))
        for given in life.once:
            self._add_once(block, account, given)
        numbers = {id(gift): self._add_recurring(block, account, gift) for gift in life.recurring}
        for line in lines_of(life.recurring):
            self._gifts.add_movement(block, supporter_id, numbers[id(line.change.gift)], line)
        for tried in life.attempts:
            self._add_attempt(block, account, tried)

    def _add_once(self, block: Block, account: _Account, gift: OnceGift) -> None:
        giver = account.giver
        checkout_id = None
        if not gift.is_offline:
            attempt = Attempt(
                gift.at - account.opens_before,
                Frequency.ONCE,
                gift.currency,
                gift.amount,
                gift.place,
                CheckoutStatus.PAID,
                gift.at + 5,
                payment_intent_id=payment_intent_id(block.next_ids["donation"]),
                name=account.take_name(),
                wants_newsletter=account.wants_newsletter,
            )
            checkout_id = self._gifts.add_checkout(block, giver, attempt, account.random)
        paid = Paid(
            gift.at,
            gift.amount.gift if gift.is_offline else gift.amount.charge,
            gift.currency,
            Frequency.ONCE,
            gift.card,
            giver.supporter_id,
            checkout_id,
            None,
            self._origins.id_of(block, gift.place),
            None,
            gift.is_offline,
        )
        self._money.add(block, paid, account.random)

    def _add_recurring(self, block: Block, account: _Account, gift: RecurringGift) -> int:
        """The key of the subscription."""
        giver, own_id = account.giver, block.take_id("subscription")
        status, ended_at = status_of(gift)
        attempt = Attempt(
            gift.agreed_at - account.opens_before,
            gift.agreed_frequency,
            gift.currency,
            gift.agreed,
            gift.place,
            status,
            ended_at,
            subscription_id=own_id,
            first_charge_at=gift.begins_later_at,
            name=account.take_name(),
            wants_newsletter=account.wants_newsletter,
        )
        checkout_id = self._gifts.add_checkout(block, giver, attempt, account.random)
        self._gifts.add_subscription(block, giver, gift, (own_id, checkout_id), account.random)
        self._add_charges(block, account, gift, (own_id, checkout_id))
        return own_id

    def _add_charges(
        self, block: Block, account: _Account, gift: RecurringGift, ids: tuple[int, int]
    ) -> None:
        (own_id, checkout_id), supporter_id = ids, account.giver.supporter_id
        origin_id = self._origins.id_of(block, gift.place)
        disputed_at = {each.charge: each.opened_at for each in gift.contested}
        for place, charge in enumerate(gift.charges):
            paid = Paid(
                charge.at,
                charge.amount,
                gift.currency,
                charge.frequency,
                gift.card,
                supporter_id,
                checkout_id,
                own_id,
                origin_id,
                invoice_id(own_id, charge.number),
                disputed_at=disputed_at.get(place),
            )
            self._money.add(block, paid, account.random)

    def _add_attempt(self, block: Block, account: _Account, tried: OnceGift) -> None:
        """One whose page closed unpaid."""
        attempt = Attempt(
            tried.at,
            Frequency.ONCE,
            tried.currency,
            tried.amount,
            tried.place,
            CheckoutStatus.EXPIRED,
            tried.at + HOUR + 10,
        )
        self._gifts.add_checkout(block, account.giver, attempt, account.random)

    def _add_supporter(self, block: Block, account: _Account, life: Life, person: Person) -> DataKey | None:
        """The key that seals what is theirs; None of one who was erased."""
        (supporter_id, _, _), random, stamp = account.giver, account.random, self._moments.stamp
        reference = draw_reference(random)
        created_at = stamp(life.joined_at - account.opens_before)
        chance = random.random()
        some_time = life.joined_at + int(random.random() * (self._until - life.joined_at))
        if life.erased_at is not None:
            self._add_erased(block, supporter_id, reference, life.erased_at, created_at, random)
            return None
        sealed = supporters.seal(self._keys.vault, reference, person.email)
        is_suppressed = chance < _SUPPRESSED
        block.rows["supporter"].append((
            supporter_id, reference, blind_index(self._keys.email_index, person.email), sealed.email,
            None if person.name is None else supporters.seal_name(sealed.key, person.name),
            sealed.wrapped.sealed, sealed.wrapped.master_key_id, account.wants_newsletter, person.language,
            stamp(some_time) if chance > 1 - _NEUTRAL else None,
            stamp(some_time) if is_suppressed else None,
            random.choice(_SUPPRESSIONS) if is_suppressed else None, None, created_at,
        ))  # fmt: skip
        return sealed.key

    def _add_erased(
        self, block: Block, supporter_id: int, reference: str, at: int, created_at: str, random: Random
    ) -> None:
        """What erasure leaves: an index as random as any address's, and nothing else."""
        erased_at = self._moments.stamp(at)
        asked_at = self._moments.stamp(at - MINUTE)
        index = random.getrandbits(256).to_bytes(32, "big")
        block.rows["supporter"].append((
            supporter_id, reference, index, b"", None, b"", self._keys.vault.newest_id, False, None, None,
            None, None, erased_at, created_at,
        ))  # fmt: skip
        block.rows["erasure"].append((supporter_id, asked_at, 0, erased_at, erased_at))
