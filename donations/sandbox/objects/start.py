"""How a subscription begins: at once, after a trial, or on a chosen day of the month."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document
from donations.sandbox.periods import next_boundary

_DAY = 86_400
_LONGEST_TRIAL_DAYS = 730


@dataclass(frozen=True, slots=True)
class Start:
    """`anchor` is the instant from which all later periods are counted."""

    anchor: int
    trial_end: int | None = None
    is_prorated: bool = True
    """Whether the time until an anchor that lies ahead is paid for."""

    def first_end(self, now: int, recurring: Document) -> int:
        if self.trial_end:
            return self.trial_end
        return next_boundary(self.anchor, now, recurring["interval"], recurring["interval_count"])

    def share(self, now: int, recurring: Document) -> Fraction:
        """How much of a full period the first one costs."""
        if self.trial_end or (self.anchor > now and not self.is_prorated):
            return Fraction(0)
        if self.anchor <= now:
            return Fraction(1)
        whole = next_boundary(self.anchor, self.anchor, recurring["interval"], recurring["interval_count"])
        return Fraction(self.anchor - now, whole - self.anchor)


def read_start(given: dict[str, Any], now: int, inside: str = "") -> Start:
    """From the parameters of a subscription, or of a session's `subscription_data`."""
    trial_end = _trial_end(given, now, inside)
    anchor = given.get("billing_cycle_anchor")
    if trial_end and anchor:
        raise invalid("The sandbox does not do a trial with an anchor of its own.", _in(inside, "trial_end"))
    if trial_end:
        return Start(anchor=trial_end, trial_end=trial_end)
    if anchor is None:
        return Start(anchor=now)
    if anchor <= now:
        raise invalid(
            "The `billing_cycle_anchor` timestamp must be in the future.", _in(inside, "billing_cycle_anchor")
        )
    return Start(anchor=anchor, is_prorated=given.get("proration_behavior") != "none")


def check_anchor(start: Start, lines: list[Document], now: int, inside: str = "") -> None:
    """An anchor lies no further ahead than the first renewal would."""
    for line in lines:
        recurring = line["price"]["recurring"]
        natural = next_boundary(now, now, recurring["interval"], recurring["interval_count"])
        if not start.trial_end and start.anchor > natural:
            raise invalid(
                "`billing_cycle_anchor` cannot be later than next natural billing date"
                f" ({natural}) for plan (or price) `{line['price']['id']}`.",
                _in(inside, "billing_cycle_anchor"),
            )


def _trial_end(given: dict[str, Any], now: int, inside: str) -> int | None:
    if "trial_end" in given and "trial_period_days" in given:
        raise invalid(
            "You may only specify one of these parameters: trial_end, trial_period_days.",
            _in(inside, "trial_end"),
        )
    days = given.get("trial_period_days")
    if days is not None:
        if not 0 <= days <= _LONGEST_TRIAL_DAYS:
            raise invalid(
                f"A trial lasts 0 to {_LONGEST_TRIAL_DAYS} days.",
                _in(inside, "trial_period_days"),
                "parameter_invalid_integer",
            )
        return now + days * _DAY if days else None
    wanted = given.get("trial_end")
    if wanted is None or wanted == "now":
        return None
    if wanted <= now:
        raise invalid(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", _in(inside, "trial_end")
        )
    if wanted > now + _LONGEST_TRIAL_DAYS * _DAY:
        raise invalid(f"A trial ends within {_LONGEST_TRIAL_DAYS} days.", _in(inside, "trial_end"))
    return wanted


def _in(inside: str, name: str) -> str:
    return f"{inside}[{name}]" if inside else name
