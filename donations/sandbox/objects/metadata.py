"""Stripe's rules for metadata: at most 50 keys of 40 characters, values of 500."""

from __future__ import annotations

from collections.abc import Mapping

from donations.sandbox.api.errors import invalid

_MOST_KEYS = 50
_LONGEST_KEY = 40
_LONGEST_VALUE = 500


def checked(given: Mapping[str, str] | None, param: str = "metadata") -> dict[str, str]:
    """Metadata for a new object; an empty value is a key that is not there."""
    return merged({}, given, param)


def merged(
    present: Mapping[str, str], given: Mapping[str, str] | None, param: str = "metadata"
) -> dict[str, str]:
    """An update adds and replaces keys, removes those given as empty, and keeps the rest."""
    result = dict(present)
    for key, value in (given or {}).items():
        if len(key) > _LONGEST_KEY or "[" in key or "]" in key:
            raise invalid(
                f"Metadata keys can be up to 40 characters in length. Your key, {key}, is {len(key)}"
                " characters.",
                param,
            )
        if len(value) > _LONGEST_VALUE:
            raise invalid(
                f"Metadata values must be at most 500 characters. The value passed in for key '{key}' is"
                f" {len(value)} characters.",
                f"{param}[{key}]",
            )
        if value:
            result[key] = value
        else:
            result.pop(key, None)
    if len(result) > _MOST_KEYS:
        raise invalid("You can only have up to 50 metadata keys.", param)
    return result
