"""Whether Stripe's description allows the parameters of a call.

Parameters are checked as JSON, before they are form-encoded: that is the SDK's work. Every object
is closed, because in the description an unknown nested parameter would pass.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator

_FILE = Path(__file__).parent / "openapi-2026-08-26.dahlia.json.gz"
_FORM = "application/x-www-form-urlencoded"


@cache
def description() -> dict[str, Any]:
    return json.loads(gzip.decompress(_FILE.read_bytes()))


def problems_with(method: str, path: str, parameters: dict[str, Any]) -> list[str]:
    """What Stripe would refuse, as `line_items.0.price_data: ...`; empty when all is well."""
    errors = OAS30Validator(closed(request_schema(method, path))).iter_errors(parameters)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


def request_schema(method: str, path: str) -> dict[str, Any]:
    """One object of all that a call may say, wherever it is sent: the body or the query."""
    described = description()["paths"][path][method]
    body = described.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema", {})
    asked = [parameter for parameter in described.get("parameters", []) if parameter["in"] == "query"]
    return {
        "type": "object",
        "properties": {**body.get("properties", {}), **{one["name"]: one["schema"] for one in asked}},
        "required": body.get("required", []) + [one["name"] for one in asked if one.get("required")],
    }


def closed(schema: Any) -> Any:
    """The same schema, with `additionalProperties: false` wherever an object names its properties."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        parts.setdefault("additionalProperties", False)
    return parts
