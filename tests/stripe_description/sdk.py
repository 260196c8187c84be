"""Whether the SDK's typed parameters know every name that we send, at every depth.

They are of the pinned API version, where the description is one older; values are the description's
to check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import stripe
from typing_extensions import get_type_hints, is_typeddict


def unknown_to_the_sdk(parameters: Any, typed: Any, place: str = "") -> list[str]:
    """The places in `parameters` that `typed`, one of the SDK's TypedDicts, does not have."""
    hints = names_of(typed)
    unknown = [f"{place}{name}" for name in parameters if name not in hints]
    for name, value in parameters.items():
        for part, where in _objects_in(value, f"{place}{name}."):
            for nested in _typed_dicts_in(hints.get(name)):
                unknown += unknown_to_the_sdk(part, nested, where)
    return unknown


def names_of(typed: Any) -> dict[str, Any]:
    """The names that one of the SDK's TypedDicts has, and the type of each."""
    # The base class of all parameters names these two, which their own modules lack when running.
    return get_type_hints(typed, localns={"Mapping": Mapping, "StripeContext": stripe.StripeContext})


def _objects_in(value: Any, place: str) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        yield value, place
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _objects_in(part, f"{place}{number}.")


def _typed_dicts_in(hint: Any) -> Iterator[Any]:
    """The one that describes an object here; none where any names may stand, as in metadata."""
    if is_typeddict(hint):
        yield hint
    for part in get_args(hint):
        yield from _typed_dicts_in(part)
