"""Whether the SDK's typed parameters know every name that we send, at every depth.

They are of the pinned API version, where the description is one older; they check no enum values.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import stripe.params.checkout._session_create_params as session_parameters
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import is_typeddict


def unknown_to_the_sdk(parameters: dict[str, Any]) -> list[str]:
    """The places of a Checkout Session's parameters that the SDK does not know or calls misshapen."""
    try:
        _session().validate_python(parameters, strict=True)
    except ValidationError as error:
        return [".".join(map(str, problem["loc"])) for problem in error.errors()]
    return []


@cache
def _session() -> TypeAdapter[Any]:
    for typed in vars(session_parameters).values():
        if is_typeddict(typed):
            typed.__pydantic_config__ = ConfigDict(extra="forbid")
    return TypeAdapter(session_parameters.SessionCreateParams)
