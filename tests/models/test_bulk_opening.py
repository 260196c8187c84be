"""What is opened quickly is what is opened one by one, and what is refused is the same."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from donations.models.bulk_opening import bulk_opener
from donations.models.vault import DataKey, Place, Vault


@dataclass(frozen=True)
class Master:
    id: str
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))


OLD, NEW = Master("old"), Master("new")
VAULT = Vault((NEW, OLD))
COLUMNS = ("email_sealed", "name_sealed")


def sealed_row(
    row: str, vault: Vault = VAULT, name: str | None = "Anna"
) -> tuple[str, bytes, tuple[bytes | None, ...]]:
    """The master key's id, the sealed data key, and the sealed texts."""
    place = Place("supporter", row, "data_key_sealed")
    wrapped = vault.new_key(place)
    key = DataKey(row, vault.open_key(wrapped, place))
    email = key.seal(f"{row}@example.com", Place("supporter", row, "email_sealed"))
    called = None if name is None else key.seal(name, Place("supporter", row, "name_sealed"))
    return wrapped.master_key_id, wrapped.sealed, (email, called)


open_rows = bulk_opener(VAULT, "supporter", "data_key_sealed", COLUMNS)


def open_row(row: str, master: str, key: bytes, sealed: tuple[bytes | None, ...]) -> object:
    (found,) = open_rows((row,), (master,), (key,), (sealed,))
    return found


def test_each_row_is_opened_with_its_own_key() -> None:
    assert open_row("нина", *sealed_row("нина")) == ("нина@example.com", "Anna")
    assert open_row("b", *sealed_row("b", name=None)) == ("b@example.com", None)
    assert open_row("c", *sealed_row("c", Vault((OLD,)))) == ("c@example.com", "Anna")


def test_what_was_moved_changed_or_sealed_by_another_key_does_not_open() -> None:
    master, key, (email, name) = sealed_row("a")
    _, other_key, (other_email, _) = sealed_row("b")
    assert email is not None

    for row, key_id, data_key, texts in (
        ("b", master, key, (email, name)),
        ("a", "old", key, (email, name)),
        ("a", "gone", key, (email, name)),
        ("a", master, other_key, (email, name)),
        ("a", master, key, (other_email, name)),
        ("a", master, key, (name, email)),
        ("a", master, key[:-1] + bytes([key[-1] ^ 1]), (email, name)),
        ("a", master, key, (b"\x02" + email[1:], name)),
        ("a", master, b"", (email, name)),
        ("a", master, key, (b"\x01", name)),
        ("a", master, key, (b"", name)),
    ):
        assert open_row(row, key_id, data_key, texts) is None


def test_a_row_that_does_not_open_keeps_none_of_the_others_back() -> None:
    good, bad = sealed_row("a"), sealed_row("b")
    masters, keys, texts = zip(good, bad, good, strict=True)

    assert list(open_rows(("a", "c", "a"), masters, keys, texts)) == [
        ("a@example.com", "Anna"), None, ("a@example.com", "Anna"),
    ]  # fmt: skip
