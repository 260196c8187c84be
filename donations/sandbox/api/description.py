"""Stripe's own description of its API: which parameters an operation takes, and what it answers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from donations.sandbox.api import undescribed
from donations.sandbox.api.overlay import Schema, changes_to
from donations.sandbox.settings import API_VERSION

FILE = Path(__file__).parent.parent / "openapi-2026-08-26.dahlia.json.gz"


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    parameters: Mapping[str, Schema]
    required: frozenset[str]
    answer: Schema
    """The schema of a good answer."""

    @property
    def unsets_with_empty(self) -> bool:
        """An update of one object: an empty string there means "remove this"."""
        return self.method == "POST" and self.path.endswith("}")


@lru_cache(maxsize=1)
def load() -> dict[str, Any]:
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        return json.load(file)


@cache
def operation(method: str, path: str, version: str = API_VERSION) -> Operation:
    """The operation at a path template, such as `/v1/refunds/{refund}`, as a version of the API has it."""
    described = (load()["paths"].get(path) or undescribed.PATHS[path])[method.lower()]
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
    for change in changes_to(method, path, version):
        change.apply(parameters)
    answer: Schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(method, path, parameters, frozenset(required), answer)


def component(reference: str) -> Schema:
    """The schema that a `$ref` names; one without properties if the description leaves it out."""
    return load()["components"]["schemas"].get(reference.rpartition("/")[2], {})
