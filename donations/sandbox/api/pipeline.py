"""What happens to every API request, in Stripe's order, before and after its handler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from donations.sandbox.api import description, faults, idempotency, parameters
from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.expand import expand
from donations.sandbox.api.expandable import check_paths
from donations.sandbox.api.fault_kinds import Fault
from donations.sandbox.api.form import Tree
from donations.sandbox.api.handlers import Handler
from donations.sandbox.api.overlay import in_older_words
from donations.sandbox.api.routes import INCLUDED
from donations.sandbox.document import Document
from donations.sandbox.ticker import catch_up
from donations.sandbox.webhooks.cause import CAUSE, Cause
from donations.sandbox.world import World

_log = structlog.stdlib.get_logger("donations.sandbox")


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    method: str
    url: str
    path: Mapping[str, str]
    tree: Tree
    version: str
    idempotency_key: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Document
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    fault: Fault | None = None
    """How the answer is spoiled on its way to the caller."""


class Pipeline:
    """One operation of the API, at whatever version a caller speaks."""

    def __init__(self, world: World, path: str, handler: Handler) -> None:
        self._world = world
        self._path = path
        self._handler = handler

    def answer(self, request: Request) -> Answer:
        """Raises ApiError for a request that never starts."""
        operation = description.operation(request.method, self._path, request.version)
        read = parameters.read(request.tree, operation)
        given = in_older_words(request.method, self._path, request.version, read)
        check_paths(given.get("expand") or (), operation.answer)
        fault = faults.take(self._world, request.method, request.url)
        faults.refuse_before_start(fault)
        if fault and fault.reset == "before":
            return Answer(0, {}, fault=fault)
        if request.method != "POST" or not request.idempotency_key:
            return self._attempt(request, given, fault)
        return self._attempt_once(request, request.idempotency_key, given, fault)

    def _attempt_once(self, request: Request, key: str, given: dict[str, Any], fault: Fault | None) -> Answer:
        fingerprint = idempotency.fingerprint(request.method, request.url, given)
        replay = idempotency.claim(self._world, key, fingerprint, request.id)
        if replay:
            headers = {"Idempotent-Replayed": "true", "Original-Request": replay.request_id}
            return Answer(replay.status, replay.body, headers, fault)
        try:
            answer = self._attempt(request, given, fault)
        except ApiError:
            idempotency.release(self._world, key)
            raise
        idempotency.keep(self._world, key, answer.status, answer.body)
        return answer

    def _attempt(self, request: Request, given: dict[str, Any], fault: Fault | None) -> Answer:
        """Do the work. An error that happened at work is an answer; one that came before is raised."""
        faults.wait(fault)
        try:
            faults.refuse_at_work(fault)
            return Answer(200, self._work(request, given), fault=fault)
        except ApiError as error:
            if not error.is_kept:
                raise
            return Answer(error.status, error.body(), error.headers, fault)
        except Exception:  # noqa: BLE001  # An unknown failure of ours is an answer like Stripe's own: 500.
            _log.exception("sandbox_failed", path=request.url)
            failure = ApiError("The sandbox failed; its log says why.", status=500, type="api_error")
            return Answer(500, failure.body())

    def _work(self, request: Request, given: dict[str, Any]) -> Document:
        token = CAUSE.set(Cause(request.id, request.idempotency_key))
        try:
            with self._world.store.transaction():
                body = self._handle(request, given)
                catch_up(self._world)
        finally:
            CAUSE.reset(token)
        if isinstance(body, ApiError):
            raise body
        return body

    def _handle(self, request: Request, given: dict[str, Any]) -> Document | ApiError:
        """The handler's answer, or the refusal whose traces are to be committed."""
        try:
            body = self._handler(Call(self._world, request.path, given))
            return expand(self._world, body, given.get("expand") or (), INCLUDED)
        except ApiError as error:
            if not error.leaves_traces:
                raise
            return error
