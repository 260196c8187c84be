"""Hold an answer of the sandbox against Stripe's description, every field, at every depth."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

_FILE = Path(__file__).parent.parent / "stripe_description" / "openapi-2026-08-26.dahlia.json.gz"
_URI = "urn:stripe"


def complaints(document: dict[str, Any]) -> list[str]:
    """What the description says is wrong with an object, or nothing."""
    validator = _validator(document["object"])
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in validator.iter_errors(document)
    ]


def unknown_fields(document: dict[str, Any]) -> set[str]:
    """Top-level fields that the description does not have: what Stripe removed, or never had."""
    return set(document) - set(_schemas()[document["object"]]["properties"])


@lru_cache
def _validator(kind: str) -> OAS30Validator:
    contents = {"components": {"schemas": _schemas()}}
    registry = Registry().with_resource(_URI, Resource(contents=contents, specification=DRAFT4))
    return OAS30Validator({"$ref": f"{_URI}#/components/schemas/{kind}"}, registry=registry)


@lru_cache
def _schemas() -> dict[str, Any]:
    with gzip.open(_FILE, "rt", encoding="utf-8") as file:
        return _rewrite(json.load(file)["components"]["schemas"])


def _rewrite(node: Any) -> Any:
    """Say `nullable` in a way that also holds beside `$ref`, `anyOf` and `enum`."""
    if isinstance(node, list):
        return [_rewrite(item) for item in node]
    if not isinstance(node, dict):
        return node
    rewritten = {name: _rewrite(value) for name, value in node.items() if name != "nullable"}
    if "$ref" in rewritten:
        rewritten["$ref"] = _URI + rewritten["$ref"]
    if node.get("nullable") is True:
        return {"anyOf": [rewritten, {"enum": [None], "nullable": True}]}
    return rewritten
