"""One answer a key: the first is kept, 500s included, and replayed to everyone who asks again.

The key is claimed in its own short transaction before the work begins, which is what lets a second
call see that the first one is still running (409). Answers that never started (a parameter that
does not validate, a 429) free the key, as Stripe's documentation says.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.document import Document
from donations.sandbox.world import World

_KEPT_FOR = 24 * 3600
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Replay:
    status: int
    body: Document
    request_id: str


def fingerprint(method: str, path: str, parameters: dict[str, Any]) -> str:
    canonical = json.dumps([method, path, parameters], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def claim(world: World, key: str, print_of_request: str, request_id: str) -> Replay | None:
    """None if the key is now ours; the first answer if it was used before. Raises Stripe's 400 and 409."""
    if len(key) > _LONGEST_KEY:
        raise ApiError("Idempotency keys may be at most 255 characters long.", type="idempotency_error")
    with world.store.transaction():
        world.store.execute("DELETE FROM requests WHERE created < ?", (world.now() - _KEPT_FOR,))
        rows = world.store.execute(
            "SELECT fingerprint, status, body, request_id FROM requests WHERE key = ?", (key,)
        )
        if not rows:
            world.store.execute(
                "INSERT INTO requests (key, fingerprint, created, request_id) VALUES (?, ?, ?, ?)",
                (key, print_of_request, world.now(), request_id),
            )
            return None
    earlier, status, body, first_request = rows[0]
    if earlier != print_of_request:
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used"
            f" with. Try using a key other than '{key}' if you meant to execute a different request.",
            type="idempotency_error",
            is_kept=False,
        )
    if status is None:
        raise ApiError(
            "There is currently another in-progress request using this Stripe Account's Idempotency Key"
            " (that probably means you submitted twice, and the other request is still going through):"
            f" {key}. Please try again later.",
            status=409,
            type="idempotency_error",
            code="idempotency_key_in_use",
            is_kept=False,
        )
    return Replay(status, json.loads(body), first_request)


def keep(world: World, key: str, status: int, body: Document) -> None:
    world.store.execute(
        "UPDATE requests SET status = ?, body = ? WHERE key = ?", (status, json.dumps(body), key)
    )


def release(world: World, key: str) -> None:
    world.store.execute("DELETE FROM requests WHERE key = ? AND status IS NULL", (key,))


def forget_unfinished(world: World) -> None:
    """A process that died left its claims behind; nobody is going to finish them."""
    world.store.execute("DELETE FROM requests WHERE status IS NULL")
