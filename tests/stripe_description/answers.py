"""Whether an answer is one that Stripe's description allows, every field at every depth.

Answers are found by method and path, so a new route is held to its own schema without a word here.
Objects are closed: a field that the description does not have is a complaint too, because readers
of such a field would find nothing at Stripe.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.stripe_description.parameters import description

_URI = "urn:stripe"
LEFT_OUT = frozenset({"invoiceitem"})
"""Kinds that the pruned description does not hold: only Stripe's command line makes them."""


def template_of(path: str) -> str | None:
    """The path template of the description that a URL's path fits, the most literal one first."""
    fitting = [template for template in description()["paths"] if _pattern(template).fullmatch(path)]
    return min(fitting, key=lambda template: template.count("{"), default=None)


def wrong_with_answer(method: str, path: str, status: int, body: Any) -> list[str]:
    """What the description says is wrong with an answer to a request, or nothing."""
    template = template_of(path)
    if template is None:
        return [f"{path}: no such path at Stripe"] if status != 404 else wrong_with_kind("error", body)
    responses = description()["paths"][template].get(method.lower(), {}).get("responses")
    if responses is None:
        return [f"{method} {path}: no such operation at Stripe"] if status < 400 else []
    schema = responses["200" if status == 200 else "default"]["content"]["application/json"]["schema"]
    return _complaints(schema, body)


def wrong_with_object(document: dict[str, Any]) -> list[str]:
    """The same for one object, wherever it stands, by its own `object`."""
    if document["object"] in LEFT_OUT:
        return []
    prefix = "deleted_" if document.get("deleted") else ""
    return wrong_with_kind(prefix + document["object"], document)


def wrong_with_event(event: dict[str, Any]) -> list[str]:
    """The same for the object that an event carries, with the one exception that Stripe documents."""
    told: dict[str, Any] = event["data"]["object"]
    if event["type"] == "invoice.upcoming":
        # docs.stripe.com/api/events/types: "The received Invoice object will not have an invoice ID."
        assert "id" not in told
        told = {**told, "id": "in_upcoming"}
    return [f"{event['type']}: {complaint}" for complaint in wrong_with_object(told)]


def wrong_with_kind(kind: str, document: Any) -> list[str]:
    return _complaints({"$ref": f"#/components/schemas/{kind}"}, document)


def _complaints(schema: dict[str, Any], document: Any) -> list[str]:
    return list(_complaints_as_text(json.dumps(schema), json.dumps(document)))


@lru_cache(maxsize=2**14)
def _complaints_as_text(schema: str, document: str) -> tuple[str, ...]:
    """Remembered, because a run shows the same object many times over."""
    return tuple(
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in _validator(schema).iter_errors(json.loads(document))
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", template))


@cache
def _validator(schema: str) -> OAS30Validator:
    return OAS30Validator(_rewritten(json.loads(schema)), registry=_registry())


@cache
def _registry() -> Registry[Any]:
    contents = {"components": {"schemas": _rewritten(description()["components"]["schemas"])}}
    return Registry().with_resource(_URI, Resource(contents=contents, specification=DRAFT4))


def _rewritten(node: Any) -> Any:
    """Objects are closed, and `nullable` is said in a way that holds beside `$ref`, `anyOf` and `enum`."""
    if isinstance(node, list):
        return [_rewritten(item) for item in node]
    if not isinstance(node, dict):
        return node
    rewritten = {name: _rewritten(value) for name, value in node.items() if name != "nullable"}
    if "$ref" in rewritten:
        rewritten["$ref"] = _URI + rewritten["$ref"]
    if node.get("type") == "object" and node.get("properties"):
        rewritten.setdefault("additionalProperties", False)
    if node.get("nullable") is True:
        return {"anyOf": [rewritten, {"enum": [None], "nullable": True}]}
    return rewritten
