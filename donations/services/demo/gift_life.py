"""One recurring gift from its first charge to its end, or to the end of the history.

The charges fall as Stripe lets them: an hour after the date on which a period ends, each date reckoned
from the first. A cancelled gift lasts until what was paid for is over; a paused one lets charges go by;
a failed charge is tried again for some weeks, and then the gift ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause, annual_amount
from donations.domain.standing import Standing
from donations.domain.switching import other_frequency
from donations.services.demo.amounts import Amounts
from donations.services.demo.gifts import Change, Charge, Contested, Failure, RecurringGift, Wish
from donations.services.demo.moments import DAY, HOUR, MINUTE, Anchor
from donations.services.demo.turns import CHANCES, Turn, turn_of

REQUESTED: Final = "cancellation_requested"
_UNPAID: Final = "payment_failed"
_DISPUTED: Final = "payment_disputed"
_RETRIES: Final = (2, 3, 5, 7)
"""Days after a failure on which Stripe asks again."""
_DISPUTED_WITHIN: Final = 60 * DAY
_REASONS: Final = (None, None, None, *CancelReason)


class GiftLife:
    """Draws what happens to `gift` before `horizon`, and notes it there."""

    def __init__(self, random: Random, gift: RecurringGift, amounts: Amounts, horizon: int) -> None:
        self._random = random
        self._gift = gift
        self._amounts = amounts
        self._horizon = horizon
        self._anchor = Anchor.of(gift.begins_later_at or gift.agreed_at)
        self._months = 0
        """Of the period that is paid for, since the anchor."""
        self._take_rhythm()
        self._made = 0
        """Invoices so far."""
        self._delay = HOUR + int(random.random() * 20 * MINUTE)
        self._known_after = 3 + int(random.random() * 25)
        """Seconds between a fact and our hearing of it."""
        self._turns: Mapping[Turn, Callable[[int], bool]] = {
            Turn.CANCEL: self._cancel,
            Turn.FAIL: self._fail,
            Turn.RAISE: lambda due: self._change_amount(due, is_more=True),
            Turn.LOWER: lambda due: self._change_amount(due, is_more=False),
            Turn.PAUSE: self._pause,
            Turn.SWITCH: self._switch,
            Turn.DISPUTE: self._dispute,
        }

    def live(self) -> None:
        """To the end. What goes on at the horizon stands as it stood then."""
        if self._begin():
            while self._go_on():
                pass

    def _begin(self) -> bool:
        gift = self._gift
        begins_at = gift.begins_later_at
        if begins_at is None:
            self._next_period()
            return self._charge(gift.agreed_at)
        gift.period_ends_at = begins_at
        if begins_at + self._delay > self._horizon:
            gift.standing = Standing.TRIALING
            return False
        self._next_period()
        return self._charge(begins_at + self._delay)

    def _go_on(self) -> bool:
        """One period. False once the gift has ended, or the history has."""
        gift = self._gift
        due = gift.period_ends_at
        turn = turn_of(self._random, self._chances, len(gift.charges))
        return self._charge_when(due) if turn is None else self._turns[turn](due)

    def _charge_when(self, due: int) -> bool:
        """As agreed, unless the history is over before."""
        gift = self._gift
        at = due + self._delay
        if due <= self._horizon:
            self._next_period()
            gift.standing = Standing.ACTIVE
        return at <= self._horizon and self._charge(at)

    def _charge(self, at: int) -> bool:
        gift = self._gift
        gift.charges.append(Charge(at, gift.amount, gift.frequency, self._made))
        self._made += 1
        if gift.first_paid_at is None:
            gift.first_paid_at = at
            self._book(at + self._known_after, at)
        return True

    def _cancel(self, due: int) -> bool:
        """It lasts until the period that was paid for is over; some think again."""
        gift = self._gift
        at = self._some_time_before(due)
        if at > self._horizon:
            return False
        gift.wishes.append(Wish(at, ChangeKind.CANCEL, reason=self._random.choice(_REASONS)))
        undone_at = at + 2 * HOUR
        if self._random.random() < 0.1 and undone_at < min(due, self._horizon):
            gift.wishes.append(Wish(undone_at, ChangeKind.UNDO_CANCEL))
            return self._charge_when(due)
        gift.cancels_at = due
        if due > self._horizon:
            return False
        return self._end(due, REQUESTED, ChurnCause.VOLUNTARY)

    def _fail(self, due: int) -> bool:
        """Most recover when they are asked for again, some with a new card, some never."""
        failed_at = due + self._delay
        if failed_at > self._horizon:
            return self._charge_when(due)
        gift, luck = self._gift, self._random.random()
        is_asked = self._random.random() < 0.15
        failure = Failure(self._made, gift.frequency, failed_at + self._known_after, is_asked)
        gift.failures.append(failure)
        self._next_period()
        gift.standing = Standing.ACTIVE
        if luck < 0.62:
            settled_at = failed_at + self._random.choice(_RETRIES) * DAY
        else:
            settled_at = failed_at + 8 * DAY + int(self._random.random() * 17 * DAY)
        if settled_at > self._horizon:
            gift.standing, gift.failing = Standing.PAST_DUE, failure
            return False
        if luck < 0.75:
            failure.recovered_at = settled_at
            return self._charge(settled_at)
        self._made += 1
        failure.given_up_at = settled_at + self._known_after
        return self._end(settled_at, _UNPAID, ChurnCause.PAYMENT_FAILURE)

    def _change_amount(self, due: int, *, is_more: bool) -> bool:
        gift = self._gift
        at = self._some_time_before(due)
        wanted = self._amounts.other(gift.amount, gift.currency, gift.frequency, is_more=is_more)
        if at > self._horizon or wanted == gift.amount:
            return self._charge_when(due)
        gift.amount = wanted
        gift.wishes.append(Wish(at, ChangeKind.AMOUNT, amount=wanted))
        self._book(at + self._known_after)
        return self._charge_when(due)

    def _pause(self, due: int) -> bool:
        """Up to three charges are left out. Some find that they can do without."""
        gift, random = self._gift, self._random
        at, left_out = self._some_time_before(due), 1 + int(random.random() * 3)
        if at > self._horizon:
            return False
        resumes_at = self._anchor.later(self._months + left_out) - DAY
        kind = ChangeKind.SKIP if left_out == 1 else ChangeKind.PAUSE
        gift.wishes.append(Wish(at, kind, until=resumes_at))
        gift.is_paused, gift.resumes_at = True, resumes_at
        self._book(at + self._known_after)
        gives_up = random.random() < 0.15
        while gift.period_ends_at <= min(resumes_at, self._horizon):
            if gives_up:
                gift.wishes.append(Wish(gift.period_ends_at - DAY, ChangeKind.CANCEL))
                gift.cancels_at = gift.period_ends_at
                return self._end(gift.period_ends_at, REQUESTED, ChurnCause.VOLUNTARY)
            self._next_period()
            gift.standing = Standing.ACTIVE
        if resumes_at > self._horizon:
            return False
        gift.is_paused, gift.resumes_at = False, None
        self._book(resumes_at + self._known_after)
        return self._charge_when(gift.period_ends_at)

    def _switch(self, due: int) -> bool:
        """The new rhythm begins at the next date, until which Stripe calls it a trial."""
        gift = self._gift
        at = self._some_time_before(due)
        if at > self._horizon:
            return False
        was, gift.frequency = gift.frequency, other_frequency(gift.frequency)
        gift.amount = self._amounts.in_rhythm(gift.amount, gift.currency, gift.frequency)
        gift.wishes.append(Wish(at, ChangeKind.FREQUENCY, gift.amount, gift.frequency, until=due))
        gift.standing = Standing.TRIALING
        self._book(at + self._known_after, was=was)
        self._anchor, self._months = Anchor.of(due), 0
        self._take_rhythm()
        return self._charge_when(due)

    def _dispute(self, due: int) -> bool:
        """The last charge is contested, and with that the gift ends."""
        gift = self._gift
        opened_at = min(self._some_time_before(due), gift.charges[-1].at + _DISPUTED_WITHIN)
        if opened_at > self._horizon:
            return False
        gift.contested.append(Contested(len(gift.charges) - 1, opened_at))
        return self._end(opened_at, _DISPUTED, ChurnCause.DISPUTE)

    def forget(self, at: int) -> None:
        """The supporter is forgotten, and what goes on ends with that."""
        gift = self._gift
        if gift.ended_at is None:
            if gift.failing is not None:
                gift.failing.given_up_at, gift.failing = at, None
            self._end(at, REQUESTED, ChurnCause.VOLUNTARY)

    def _end(self, at: int, reason: str, cause: ChurnCause) -> bool:
        gift = self._gift
        gift.standing, gift.ended_at, gift.end_reason = Standing.CANCELED, at, reason
        gift.is_paused, gift.resumes_at = False, None
        self._book(at + self._known_after, at, end=cause)
        return False

    def _book(
        self,
        learnt_at: int,
        occurred_at: int | None = None,
        *,
        was: Frequency | None = None,
        end: ChurnCause | None = None,
    ) -> None:
        """What the gift counts for from then on: since we learnt of it, where Stripe does not say when."""
        gift = self._gift
        counts = end is None and not gift.is_paused
        gift.changes.append(
            Change(
                learnt_at,
                learnt_at if occurred_at is None else occurred_at,
                gift,
                annual_amount(gift.amount, gift.frequency) if counts else 0,
                end,
                gift.frequency,
                was or gift.frequency,
            )
        )

    def _next_period(self) -> None:
        self._months += self._each
        self._gift.period_ends_at = self._anchor.later(self._months)

    def _take_rhythm(self) -> None:
        frequency = self._gift.frequency
        assert frequency.months is not None
        self._each, self._chances = frequency.months, CHANCES[frequency]

    def _some_time_before(self, due: int) -> int:
        """Between the last charge and the next, a day away from both."""
        begins = self._gift.charges[-1].at + DAY
        return begins + int(self._random.random() * max(1, due - DAY - begins))
