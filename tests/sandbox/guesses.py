"""Calls that nobody wrote: parameters drawn from their schemas, mostly sensible and sometimes junk.

Everything follows from a `Random`, so a step is told by its seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from donations.sandbox.api.description import Operation, Schema
from donations.sandbox.money import CURRENCIES

Ids = Mapping[str, list[str]]
"""The ids that exist, by kind."""

JUNK = ("", "nonsense", "-1", "0", "1e9", "9" * 30, "[]", "null", "é\u2028", "x" * 6000)
_KINDS = {
    "configuration": "billing_portal.configuration",
    "default_payment_method": "payment_method",
    "intent": "payment_intent",
    "session": "checkout.session",
    "subscription_exposed_id": "subscription",
    "test_clock": "test_helpers.test_clock",
}
"""Kinds of object that go by another name in a path or a parameter."""
_WORDS = {
    "email": "reader@example.org",
    "customer_email": "reader@example.org",
    "url": "http://127.0.0.1:9/a",
    "success_url": "http://127.0.0.1:9/a",
    "cancel_url": "http://127.0.0.1:9/a",
    "return_url": "http://127.0.0.1:9/a",
    "token": "tok_visa",
    "name": "A name",
}
_PATHS = ("customer", "latest_invoice.payments", "payment_intent", "data.customer", "data.payment_method")
_MOST_DEPTH = 4


class Guesser:
    def __init__(self, random: Random, ids: Ids, now: int) -> None:
        self._random = random
        self._ids = ids
        self._now = now

    def url(self, operation: Operation) -> str:
        """The path with ids, usually of objects that exist and are of the right kind."""
        own = _kind_of(operation)
        return re.sub(r"\{(\w+)\}", lambda match: self._id(match[1], own), operation.path)

    def form(self, operation: Operation) -> list[tuple[str, str]]:
        """A form that names each required parameter and some of the others."""
        schema = {"properties": operation.parameters, "required": sorted(operation.required)}
        pairs = list(self._object(schema, "", 0))
        if self._chance(0.05):
            pairs.append(("colour", "red"))
        return pairs

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _id(self, name: str, own: str | None) -> str:
        kind = _KINDS.get(name, name)
        known = self._ids.get(kind) or (self._ids.get(own) if own and name == "id" else None)
        if not known or self._chance(0.05):
            known = [found for ids in self._ids.values() for found in ids] or ["x_1"]
        return self._random.choice(known)

    def _object(self, schema: Schema, name: str, depth: int) -> Iterator[tuple[str, str]]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        required = [key for key in schema.get("required", ()) if self._chance(0.95)]
        extra = self._random.sample(
            sorted(properties), min(len(properties), self._random.choice([0, 1, 1, 2, 3]))
        )
        for key in dict.fromkeys([*required, *extra]):
            yield from self._value(properties[key], f"{name}[{key}]" if name else key, key, depth + 1)
        if not properties and name:
            yield f"{name}[a]", self._random.choice(["", "b", "1"])

    def _value(self, schema: Schema, name: str, key: str, depth: int) -> Iterator[tuple[str, str]]:
        if self._chance(0.02):
            yield name, self._random.choice(JUNK)
        elif "anyOf" in schema:
            yield from self._value(self._random.choice(schema["anyOf"]), name, key, depth)
        elif key == "expand":
            yield f"{name}[0]", self._random.choice(_PATHS)
        elif schema.get("type") == "object":
            if depth < _MOST_DEPTH:
                yield from self._object(schema, name, depth)
        elif schema.get("type") == "array":
            for place in range(self._random.choice([1, 1, 2])):
                yield from self._value(schema["items"], f"{name}[{place}]", key, depth)
        else:
            yield name, self._scalar(schema, key)

    def _scalar(self, schema: Schema, key: str) -> str:
        if "enum" in schema:
            return str(self._random.choice(schema["enum"]))
        kind = schema.get("type", "string")
        if kind == "boolean":
            return self._random.choice(["true", "false"])
        if kind in {"integer", "number"}:
            return str(self._number(schema, key))
        return self._text(schema, key)

    def _number(self, schema: Schema, key: str) -> int:
        if schema.get("format") == "unix-time" or key.endswith(("_at", "_time", "_end")):
            return self._now + self._random.choice([-86400, 3600, 7200, 40 * 86400, 800 * 86400])
        return self._random.choice([1, 1, 2, 3, 50, 100, 500, 1000, 1000, 99_999_999])

    def _text(self, schema: Schema, key: str) -> str:
        if schema.get("format") == "currency":
            return self._random.choice(["eur", "eur", "eur", "usd", "jpy", *sorted(CURRENCIES)[:3]])
        if schema.get("format") == "decimal":
            return self._random.choice(["100", "2500", "0.5"])
        known = self._ids.get(_KINDS.get(key, key))
        if known:
            return self._random.choice(known)
        return _WORDS.get(key) or self._random.choice(["a", "word", "A reader's words", "now"])


def _kind_of(operation: Operation) -> str | None:
    """The kind that the operation answers with, where it is one."""
    schema: Any = operation.answer
    choices = schema.get("anyOf", [schema])
    return choices[0].get("$ref", "").rpartition("/")[2] or None
