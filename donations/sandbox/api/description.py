"""Stripe's own description of its API: which parameters an operation takes, and what it answers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from donations.sandbox.api.overlay import REMOVED_PARAMETERS

FILE = Path(__file__).parent.parent / "openapi-2026-08-26.dahlia.json.gz"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    parameters: Mapping[str, Schema]
    required: frozenset[str]

    @property
    def unsets_with_empty(self) -> bool:
        """An update of one object: an empty string there means "remove this"."""
        return self.method == "POST" and self.path.endswith("}")


@lru_cache(maxsize=1)
def load() -> dict[str, Any]:
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        return json.load(file)


def operation(method: str, path: str) -> Operation:
    """The operation at a path template, such as `/v1/refunds/{refund}`."""
    described = load()["paths"][path][method.lower()]
    parameters: dict[str, Schema] = {}
    required: set[str] = set()
    for parameter in described.get("parameters", []):
        if parameter["in"] == "query":
            parameters[parameter["name"]] = parameter["schema"]
            if parameter.get("required"):
                required.add(parameter["name"])
    for content in described.get("requestBody", {}).get("content", {}).values():
        parameters.update(content["schema"].get("properties", {}))
        required.update(content["schema"].get("required", []))
    for name in REMOVED_PARAMETERS.get((method, path), ()):
        parameters.pop(name, None)
    return Operation(method, path, parameters, frozenset(required))


def expandable_fields(kind: str) -> frozenset[str]:
    schema = load()["components"]["schemas"].get(kind, {})
    return frozenset(schema.get("x-expandableFields", ()))
