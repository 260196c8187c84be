"""Check decoded parameters against their schemas, at every depth, and give them their types.

Every refusal is worded, coded and pointed (`param`) the way Stripe does it. Only the keywords that
Stripe's request schemas use are read: type, enum, properties, required, items,
additionalProperties, anyOf, format and maxLength.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from donations.sandbox.api.description import Operation, Schema
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.form import Tree
from donations.sandbox.money import CURRENCIES

_LARGEST_INTEGER = 2**63 - 1
_PLACE = re.compile(r"[0-9]{1,6}")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")


def read(tree: Tree, operation: Operation) -> dict[str, Any]:
    """The parameters with their types; a parameter to be unset is None. Raises Stripe's 400."""
    schema: Schema = {"properties": operation.parameters, "required": sorted(operation.required)}
    return _Reader(operation.unsets_with_empty).read_object(tree, schema, "")


class _Reader:
    def __init__(self, unsets_with_empty: bool) -> None:
        self._unsets_with_empty = unsets_with_empty

    def read_value(self, raw: Tree | str, schema: Schema, name: str) -> Any:
        if "anyOf" in schema:
            return self._read_any_of(raw, schema["anyOf"], name)
        kind = schema.get("type")
        if kind == "object":
            if isinstance(raw, str):
                raise invalid("Invalid object", name)
            return self.read_object(raw, schema, name)
        if kind == "array":
            return self._read_array(raw, schema, name)
        if not isinstance(raw, str):
            raise invalid(f"Invalid {kind}: must be a single value", name)
        return self._read_scalar(raw, schema, name)

    def read_object(self, raw: Tree, schema: Schema, name: str) -> dict[str, Any]:
        if "properties" not in schema:
            return self._read_map(raw, schema, name)
        properties: Mapping[str, Schema] = schema["properties"]
        unknown = [_inside(name, key) for key in raw if key not in properties]
        if unknown:
            plural = "s" if len(unknown) > 1 else ""
            raise invalid(
                f"Received unknown parameter{plural}: {', '.join(unknown)}", unknown[0], "parameter_unknown"
            )
        for key in schema.get("required", ()):
            if key not in raw:
                raise missing(_inside(name, key))
        return {
            key: self.read_value(value, properties[key], _inside(name, key)) for key, value in raw.items()
        }

    def _read_map(self, raw: Tree, schema: Schema, name: str) -> dict[str, Any]:
        """Names of the caller's own choice, as in `metadata`."""
        inner: Schema = schema.get("additionalProperties") or {"type": "string"}
        found: dict[str, Any] = {}
        for key, value in raw.items():
            if inner.get("type") == "string" and isinstance(value, str):
                found[key] = value
            else:
                found[key] = self.read_value(value, inner, _inside(name, key))
        return found

    def _read_array(self, raw: Tree | str, schema: Schema, name: str) -> list[Any]:
        if isinstance(raw, str) or not all(_PLACE.fullmatch(key) for key in raw):
            raise invalid("Invalid array", name)
        ordered = sorted(raw.items(), key=lambda item: int(item[0]))
        return [
            self.read_value(value, schema["items"], f"{name}[{place}]")
            for place, (_, value) in enumerate(ordered)
        ]

    def _read_any_of(self, raw: Tree | str, choices: list[Schema], name: str) -> Any:
        if raw == "" and any("" in choice.get("enum", ()) for choice in choices):
            return None
        grouped = not isinstance(raw, str)
        choices = [choice for choice in choices if choice.get("enum") != [""]]
        fitting = [choice for choice in choices if (choice.get("type") in {"object", "array"}) == grouped]
        refusal: ApiError | None = None
        for choice in fitting or choices:
            try:
                return self.read_value(raw, choice, name)
            except ApiError as error:
                refusal = refusal or error
        raise refusal or invalid(f"Invalid value for {name}", name)

    def _read_scalar(self, raw: str, schema: Schema, name: str) -> Any:
        kind = schema.get("type", "string")
        if "enum" in schema:
            return _read_enum(raw, schema["enum"], name)
        if raw == "":
            if self._unsets_with_empty and kind == "string":
                return None
            raise _empty(name)
        return _SCALARS.get(kind, _read_string)(raw, schema, name)


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def _empty(name: str) -> ApiError:
    return invalid(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a"
        f" parameter; however '{name}' cannot be unset. You should remove '{name}' from your request or"
        " supply a non-empty value.",
        name,
        "parameter_invalid_empty",
    )


def _read_enum(raw: str, allowed: list[str], name: str) -> str | None:
    if raw in allowed:
        return raw or None
    choices = [choice for choice in allowed if choice]
    if len(choices) == 1:
        listed = choices[0]
    else:
        listed = ("one of " if len(choices) > 2 else "") + ", ".join(choices[:-1])
        listed += (", or " if len(choices) > 2 else " or ") + choices[-1]
    raise invalid(f"Invalid {name}: must be {listed}", name)


def _read_integer(raw: str, _schema: Schema, name: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", raw) or abs(int(raw)) > _LARGEST_INTEGER:
        raise invalid(f"Invalid integer: {raw}", name, "parameter_invalid_integer")
    return int(raw)


def _read_boolean(raw: str, _schema: Schema, name: str) -> bool:
    if raw not in {"true", "false"}:
        raise invalid(f"Invalid boolean: {raw}", name)
    return raw == "true"


def _read_number(raw: str, _schema: Schema, name: str) -> float:
    return float(_decimal(raw, name))


def _decimal(raw: str, name: str) -> Decimal:
    if not _DECIMAL.fullmatch(raw):
        raise invalid(f"Invalid decimal: {raw}", name)
    return Decimal(raw)


def _read_string(raw: str, schema: Schema, name: str) -> str:
    most = schema.get("maxLength")
    if most is not None and len(raw) > most:
        raise invalid(f"Invalid string: {raw[:6]}...{raw[-6:]}; must be at most {most} characters", name)
    if schema.get("format") == "currency":
        return _read_currency(raw, name)
    if schema.get("format") == "decimal":
        _decimal(raw, name)
    return raw


def _read_currency(raw: str, name: str) -> str:
    if raw.lower() not in CURRENCIES:
        raise invalid(
            f"Invalid currency: {raw.lower()}. Stripe currently supports these currencies:"
            f" {', '.join(sorted(CURRENCIES))}",
            name,
        )
    return raw.lower()


_SCALARS: Mapping[str, Callable[[str, Schema, str], Any]] = {
    "integer": _read_integer,
    "boolean": _read_boolean,
    "number": _read_number,
    "string": _read_string,
}
