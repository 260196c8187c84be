"""Short writes of many threads, one after the other in one transaction: they wait for the disk together.

SQLite lets one write at a time, and whoever finds another at it sleeps a while and looks again. So the
threads of a process line up by themselves: the first writes for all who came meanwhile, and none goes on
before what it asked for is on the disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Generic, TypeVar, cast

from sqlalchemy import Connection

Result = TypeVar("Result")
Work = Callable[[Connection], Result]
Transaction = Callable[[], AbstractContextManager[Connection]]

_MOST: Final = 50
"""Written in one transaction: other processes wait meanwhile."""


class _Wish(Generic[Result]):
    """A write that somebody waits for."""

    def __init__(self, work: Work[Result]) -> None:
        self.work = work
        self.is_done = False
        self.result: Result | None = None
        self.error: BaseException | None = None
        self._news = threading.Lock()
        self._news.acquire()

    def wait(self) -> None:
        """Until it is done, or it is this one's turn to write."""
        self._news.acquire()

    def tell(self) -> None:
        self._news.release()


class OneWriter:
    """The line of one database in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        """Held for a moment only, to change what follows."""
        self._waiting: deque[_Wish[Any]] = deque()
        self._is_writing = False

    @property
    def waiting(self) -> int:
        """How many writes nobody is at yet."""
        return len(self._waiting)

    def write(self, transaction: Transaction, work: Work[Result]) -> Result:
        """What `work` returns, once it is committed; whatever it or the database raises.

        It may be done in another thread's transaction, and once more alone where one of the others failed.
        """
        wish = _Wish(work)
        with self._lock:
            self._waiting.append(wish)
            is_first = not self._is_writing
            self._is_writing = True
        if not is_first:
            wish.wait()
        if not wish.is_done:
            self._write_some(transaction)
        if wish.error is not None:
            raise wish.error
        return cast("Result", wish.result)

    def _write_some(self, transaction: Transaction) -> None:
        """The caller's own and those of all who came meanwhile; then it is the next one's turn."""
        with self._lock:
            some = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        try:
            if not _written(transaction, some) and len(some) > 1:
                # One of them may be at fault, and the others not.
                for wish in some:
                    wish.error = None
                    _written(transaction, [wish])
        finally:
            self._hand_over(some)

    def _hand_over(self, some: Sequence[_Wish[Any]]) -> None:
        with self._lock:
            self._is_writing = bool(self._waiting)
            coming = self._waiting[0] if self._waiting else None
        if coming is not None:
            coming.tell()
        for wish in some:
            wish.is_done = True
            wish.tell()


def _written(transaction: Transaction, wishes: Sequence[_Wish[Any]]) -> bool:
    try:
        with transaction() as connection:
            for wish in wishes:
                wish.result = wish.work(connection)
    except BaseException as error:  # noqa: BLE001 - raised again by each who waits for it
        for wish in wishes:
            wish.error = error
        return False
    return True
