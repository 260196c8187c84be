"""The queue: by `QUEUE_URL` a SQLite file, PostgreSQL or Redis, with the same tasks.

At most one wake-up waits at a time, however many webhooks come: what it wakes drains everything.
It may be lost (Huey drops a task when it takes it out), so nothing rests on it.

What is queued is JSON, not Huey's pickle: whoever can write to the queue can wake the worker, and
no more than that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.api import TaskWrapper
from huey.constants import EmptyData
from huey.registry import Message
from huey.serializer import Serializer
from psycopg.errors import DuplicateTable, UniqueViolation

from donations.runtime import system_clock

_NAME: Final = "donations"
_WAITING: Final = "wake-up-waits"
_BELIEVED_FOR: Final = 60.0
"""Seconds after which a wake-up that nobody took is believed lost."""
_QUIET_FOR: Final = 0.025
"""Seconds for which a process that has looked does not look again: a look is a round trip, and webhooks come
in bursts. What comes just as the worker is done is found when it looks for what is due."""
_BUSY_SECONDS: Final = 1
"""A webhook is not kept waiting longer than this for its wake-up."""


class _Storage(Protocol):
    """What we use of Huey's storages, which carry no types."""

    def initialize_schema(self) -> None:
        """Make the tables, where it has any."""
        ...

    def peek_data(self, key: str) -> object: ...
    def put_if_empty(self, key: str, value: bytes) -> bool: ...
    def put_data(self, key: str, value: bytes) -> None: ...
    def delete_data(self, key: str) -> object: ...


class JsonSerializer(Serializer):
    """Messages as JSON lists. Our tasks take no arguments and keep no results."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


def make_huey(queue_url: str) -> Huey:
    """The queue at `queue_url`: sqlite:///path, postgresql://…, redis://… or memory:// (one process only)."""
    scheme = urlsplit(queue_url).scheme.partition("+")[0]
    settings: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    if scheme == "sqlite":
        path = queue_url.partition(":///")[2]
        # A wake-up that a power cut takes is found by the sweep, so it need not reach the disk.
        return SqliteHuey(_NAME, filename=path, fsync=False, timeout=_BUSY_SECONDS, **settings)
    if scheme in {"postgresql", "postgres"}:
        dsn = "postgresql" + queue_url[queue_url.index("://") :]
        return _with_tables(
            PostgresHuey(_NAME, dsn=dsn, connect_timeout=_BUSY_SECONDS, create_tables=False, **settings)
        )
    if scheme in {"redis", "rediss"}:
        return RedisHuey(_NAME, url=_with_patience(queue_url), **settings)
    if scheme == "memory":
        return MemoryHuey(_NAME, **settings)
    raise ValueError("QUEUE_URL must begin with sqlite:///, postgresql://, redis:// or memory://")


def _with_patience(redis_url: str) -> str:
    """Redis that does not answer is given up; what the worker waits for is never as long."""
    between = "&" if urlsplit(redis_url).query else "?"
    return f"{redis_url}{between}socket_connect_timeout={_BUSY_SECONDS}&socket_timeout={2 * _BUSY_SECONDS}"


def _with_tables(huey: Huey) -> Huey:
    """Two processes that start together may both find no tables; the second try finds them made."""
    storage = _storage(huey)
    try:
        storage.initialize_schema()
    except (UniqueViolation, DuplicateTable):
        storage.initialize_schema()
    return huey


def _storage(huey: Huey) -> _Storage:
    return cast("_Storage", huey.storage)


def drain_task(huey: Huey, run: Callable[[], None]) -> TaskWrapper:
    """The task that a wake-up queues. The web only names it; the worker gives it its body."""

    def drain() -> None:
        run()

    return huey.task(name="drain")(drain)


class Wakeup:
    """Says that there is work, unless that was said and not yet heard."""

    def __init__(self, huey: Huey, clock: Callable[[], float] = lambda: system_clock().timestamp()) -> None:
        self._huey = huey
        self._clock = clock
        self._task: TaskWrapper | None = None
        self._quiet_until = 0.0

    def register(self, run: Callable[[], None]) -> None:
        """In the worker: what a wake-up runs. It clears the flag first, so that none is missed."""

        def hear_and_run() -> None:
            _storage(self._huey).delete_data(_WAITING)
            self._quiet_until = 0.0
            run()

        self._task = drain_task(self._huey, hear_and_run)

    def __call__(self) -> None:
        """Raises whatever the queue's storage raises; callers carry on without."""
        task = self._task
        if task is None:
            task = self._task = drain_task(self._huey, _only_the_worker_drains)
        now = self._clock()
        if now < self._quiet_until:
            return
        if self._is_first():
            self._enqueue(task)
        self._quiet_until = now + _QUIET_FOR

    def _enqueue(self, task: TaskWrapper) -> None:
        try:
            self._huey.enqueue(task.s())
        except Exception:
            _storage(self._huey).delete_data(_WAITING)
            raise

    def _is_first(self) -> bool:
        storage, now = _storage(self._huey), str(self._clock()).encode()
        since = storage.peek_data(_WAITING)
        if since is EmptyData:
            return storage.put_if_empty(_WAITING, now)
        if self._clock() - float(bytes(cast("bytes", since))) < _BELIEVED_FOR:
            return False
        # Two that find it stale at once both wake, which costs an empty look.
        storage.put_data(_WAITING, now)
        return True


def _only_the_worker_drains() -> None:
    raise RuntimeError("a wake-up was taken by a process that is not the worker")
