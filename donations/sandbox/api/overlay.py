"""What changed between the description that we carry (dahlia) and the versions after it.

Source: the typed parameters of stripe-python 16.1.0, which pins 2026-10-28.endive; a test holds this
table against them. Stripe breaks nothing within a release, so all of it is since the first endive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DESCRIBED = "2026-08-26.dahlia"
ENDIVE = "2026-09-30.endive"
PINNED = "2026-10-28.endive"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that a version takes otherwise, with more choices, or not at all any more."""

    method: str
    path: str
    parameter: str
    schema: Schema | None = None
    choices: tuple[str, ...] = ()
    since: str = ENDIVE

    def apply(self, parameters: dict[str, Schema]) -> None:
        if self.schema:
            parameters[self.parameter] = self.schema
        elif self.choices:
            described = parameters[self.parameter]
            parameters[self.parameter] = {**described, "enum": [*described["enum"], *self.choices]}
        else:
            parameters.pop(self.parameter)


_ANCHOR: Schema = {
    "type": "object",
    "properties": {"type": {"type": "string", "enum": ["now", "unchanged"]}},
    "required": ["type"],
}

CHANGES: Sequence[Change] = (
    # Stripe chooses the payment methods itself, by the account's settings.
    Change("POST", "/v1/checkout/sessions", "payment_method_types"),
    Change("POST", "/v1/payment_intents", "payment_method_types"),
    Change("POST", "/v1/payment_intents/{intent}", "payment_method_types"),
    Change("POST", "/v1/payment_intents/{intent}/confirm", "payment_method_types"),
    Change("POST", "/v1/setup_intents", "payment_method_types"),
    Change("POST", "/v1/setup_intents/{intent}", "payment_method_types"),
    # A plain `now` or `unchanged` became an object with a type.
    Change("POST", "/v1/subscriptions/{subscription_exposed_id}", "billing_cycle_anchor", _ANCHOR),
    Change("POST", "/v1/subscriptions/{subscription}/resume", "billing_cycle_anchor", _ANCHOR),
    # An endpoint may be made for a version that is newer than the description, by a caller of any.
    Change("POST", "/v1/webhook_endpoints", "api_version", choices=(ENDIVE, PINNED), since=DESCRIBED),
)


def in_older_words(method: str, path: str, version: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters as the description has them, which is what handlers know: the type alone."""
    renamed = {
        change.parameter: given[change.parameter]["type"]
        for change in changes_to(method, path, version)
        if change.schema and given.get(change.parameter)
    }
    return {**given, **renamed}


def changes_to(method: str, path: str, version: str) -> Iterator[Change]:
    """Those that a request at `version` meets. Versions sort by the date that they begin with."""
    for change in CHANGES:
        if (change.method, change.path) == (method, path) and change.since <= version:
            yield change
