"""Threads that write at the same time wait for the disk together, and each hears of its own write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from donations.models.one_writer import OneWriter

THREADS = 8


class Book:
    """A table whose key is a word, and how many transactions it took."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "book.db"
        self.transactions = 0
        self.slow: Event | None = None
        self.entered = Event()
        self.connect().execute("CREATE TABLE line (word TEXT PRIMARY KEY)").connection.close()

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self.transactions += 1
        connection = self.connect()
        connection.execute("BEGIN IMMEDIATE")
        self.entered.set()
        if self.slow is not None:
            assert self.slow.wait(20)
        try:
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def words(self) -> list[str]:
        return sorted(word for (word,) in self.connect().execute("SELECT word FROM line"))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def adding(word: str) -> Callable[[Any], str]:
    def add(connection: Any) -> str:
        connection.execute("INSERT INTO line VALUES (?)", [word])
        return word.upper()

    return add


def at_the_same_time(book: Book, writer: OneWriter, words: list[str]) -> list[object]:
    """All line up while the first is at it. What each got, an exception where it was raised."""

    def write(word: str) -> object:
        try:
            return writer.write(book.transaction, adding(word))
        except sqlite3.Error as error:
            return error

    book.slow = Event()
    with ThreadPoolExecutor(len(words)) as pool:
        first = pool.submit(write, words[0])
        assert book.entered.wait(20)
        others = [pool.submit(write, word) for word in words[1:]]
        while writer.waiting < len(words) - 1:
            threading.Event().wait(0.001)
        book.slow.set()
        return [each.result() for each in (first, *others)]


def test_those_who_came_meanwhile_are_one_transaction(book: Book) -> None:
    words = [f"w{number}" for number in range(THREADS)]

    found = at_the_same_time(book, OneWriter(), words)

    assert found == [word.upper() for word in words]
    assert book.words() == words
    assert book.transactions == 2, "the first, and all others"


def test_one_that_fails_takes_no_other_with_it(book: Book) -> None:
    found = at_the_same_time(book, OneWriter(), ["a", "b", "a", "c"])

    assert [each if isinstance(each, str) else type(each) for each in found] == [
        "A",
        "B",
        sqlite3.IntegrityError,
        "C",
    ]
    assert book.words() == ["a", "b", "c"]


def test_where_the_database_refuses_each_hears_of_it_and_nothing_is_written(book: Book) -> None:
    writer = OneWriter()

    @contextmanager
    def away() -> Iterator[Any]:
        raise sqlite3.OperationalError("database is locked")
        yield

    for word in ("a", "b"):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.write(away, adding(word))

    assert book.words() == []
    assert writer.write(book.transaction, adding("a")) == "A", "and the next one succeeds"


def test_none_goes_on_before_it_is_committed(book: Book) -> None:
    writer, other = OneWriter(), book.connect()

    def write(number: int) -> None:
        for each in range(20):
            word = f"w{number}/{each}"
            writer.write(book.transaction, adding(word))
            assert other_sees(word)

    def other_sees(word: str) -> bool:
        reader = book.connect()
        found = reader.execute("SELECT 1 FROM line WHERE word = ?", [word]).fetchone()
        reader.close()
        return found is not None

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))

    assert len(book.words()) == THREADS * 20
    other.close()


def test_no_transaction_holds_more_than_fifty(book: Book) -> None:
    words = [f"w{number:03}" for number in range(121)]

    at_the_same_time(book, OneWriter(), words)

    assert book.words() == words
    assert book.transactions == 4, "one, fifty, fifty and the rest"
