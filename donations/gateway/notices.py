"""A webhook's body, reduced to what it is good for: which object to look at again.

Both of Stripe's bodies are read, the snapshot event and the thin one; the top-level `object` says
which it is. Nothing else of the body is kept, so nothing personal is. What is validly signed and
carries an event's id but has a shape that we don't know becomes a notice without a kind, to be set
aside; anything else is refused, and no other exception leaves `read_notice`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, cast

from donations.gateway.errors import BadPayload, PayloadTooLarge
from donations.gateway.ids import is_event_id, is_object_id
from donations.gateway.kinds import ObjectKind, kind_of_event
from donations.gateway.signatures import verify

LARGEST_BODY: Final = 256 * 1024
_SNAPSHOT: Final = "event"
_THIN: Final = "v2.core.event"
_TYPE: Final = re.compile(r"[A-Za-z0-9_.]{1,255}")
_VERSION: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NO_TYPE: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """What Stripe told us. Without `kind` it is about nothing that we follow, or not understood."""

    event_id: str
    type: str
    kind: ObjectKind | None
    object_id: str | None
    api_version: str | None
    is_livemode: bool
    is_thin: bool
    created_at: datetime | None


def read_notice(body: bytes, signature: str | None, secrets: Sequence[str], now: datetime) -> Notice:
    """The notice in `body`, once `signature` is known to be Stripe's.

    Raises PayloadTooLarge, BadSignature or BadPayload, and nothing else.
    """
    if len(body) > LARGEST_BODY:
        raise PayloadTooLarge("the body is larger than 256 KiB")
    verify(body, signature, secrets, now)
    return notice_of(_parsed(body))


def notice_of(event: Mapping[str, Any]) -> Notice:
    """The same of an event that Stripe listed, which needs no signature. Raises BadPayload."""
    event_id = event.get("id")
    if not is_event_id(event_id):
        raise BadPayload("the body has no event's id")
    is_thin = event.get("object") == _THIN
    about = _about(event)
    event_type = _matching(_TYPE, event.get("type"))
    object_id = about.get("id") if is_object_id(about.get("id")) else None
    return Notice(
        event_id=cast("str", event_id),
        type=event_type or _NO_TYPE,
        kind=_kind(event, event_type, about) if object_id else None,
        object_id=object_id,
        api_version=_matching(_VERSION, event.get("api_version")),
        is_livemode=event.get("livemode") is True,
        is_thin=is_thin,
        created_at=_created_at(event.get("created")),
    )


def _kind(event: Mapping[str, Any], event_type: str | None, about: Mapping[str, Any]) -> ObjectKind | None:
    """None, too, when it does not say whether it is live: that must be known before it is acted on."""
    if event_type is None or not isinstance(event.get("livemode"), bool):
        return None
    name = about.get("type" if event.get("object") == _THIN else "object")
    return kind_of_event(event_type, name if isinstance(name, str) else None)


def _about(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of the event that names its object; empty when there is none that we know."""
    if event.get("object") == _THIN:
        return _mapping(event.get("related_object"))
    if event.get("object") == _SNAPSHOT:
        return _mapping(_mapping(event.get("data")).get("object"))
    return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _matching(pattern: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _created_at(value: object) -> datetime | None:
    """Seconds in a snapshot event, ISO 8601 in a thin one."""
    try:
        if type(value) is int:
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            written = datetime.fromisoformat(value)
            return written.astimezone(UTC) if written.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        # RecursionError is how the parser says that the nesting is too deep.
        event: Any = json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates
        )
    except (ValueError, RecursionError):
        raise BadPayload("the body is not JSON") from None
    if not isinstance(event, dict):
        raise BadPayload("the body is not a JSON object")
    return cast("Mapping[str, Any]", event)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields
