"""What a request says, read from the bytes that were sent and typed by Stripe's description.

It is written apart from the sandbox's own reader, which would forgive its own mistakes.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from openapi_schema_validator import OAS30Validator

from tests.stripe_description.answers import template_of
from tests.stripe_description.parameters import closed, request_schema
from tests.stripe_description.sdk import unknown_to_the_sdk
from tests.stripe_description.sdk_calls import typed_parameters
from tests.stripe_description.tap import Asked


def problems_with_request(asked: Asked) -> list[str]:
    """What Stripe's description and the SDK's types say is wrong with a request; empty when all is well."""
    template = template_of(asked.path)
    if template is None:
        return [f"{asked.method} {asked.path}: no such path at Stripe"]
    method, schema = asked.method.lower(), closed(request_schema(asked.method.lower(), template))
    parameters = typed(decoded(asked.form), schema)
    problems = [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in OAS30Validator(schema).iter_errors(parameters)
    ]
    names = typed_parameters(method, template)
    if names is not None:
        problems += [f"{name}: unknown to the SDK" for name in unknown_to_the_sdk(parameters, names)]
    elif parameters:
        problems.append("the SDK has no parameters for it")
    return [f"{asked.method} {template} {problem}" for problem in problems]


def decoded(form: str) -> dict[str, Any]:
    """Stripe's form encoding as nested dicts: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True, strict_parsing=bool(form)):
        *path, last = re.findall(r"[^\[\]]+", name)
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value
    return tree


def typed(value: Any, schema: dict[str, Any]) -> Any:
    """The value as JSON of the schema's type, where it can be; otherwise as it is, to be complained of."""
    if "anyOf" in schema:
        tries = [typed(value, choice) for choice in schema["anyOf"]]
        fitting = zip(tries, schema["anyOf"], strict=True)
        return next((found for found, choice in fitting if OAS30Validator(choice).is_valid(found)), tries[0])
    kind = schema.get("type")
    if isinstance(value, dict):
        if kind == "array":
            return [typed(value[key], schema["items"]) for key in sorted(value, key=int)]
        properties = schema.get("properties", {})
        return {key: typed(inner, properties.get(key, {})) for key, inner in value.items()}
    if kind == "integer" and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value
