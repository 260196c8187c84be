"""A ciphertext opens in its own place, unchanged, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.models.vault import DataKey, Place, SealBroken, Vault, WrappedKey, blind_index


@dataclass(frozen=True)
class Master:
    id: str
    key: bytes


OLD, NEW = Master("old", b"o" * 32), Master("new", b"n" * 32)
HOME = Place("supporter", "row-1", "email_sealed")
KEY = DataKey("row-1", b"d" * 32)


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    assert KEY.open(KEY.seal(text, HOME), HOME) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("checkout", "row-1", "email_sealed"),
        Place("supporter", "row-2", "email_sealed"),
        Place("supporter", "row-1", "name_sealed"),
        Place("supporterrow", "-1", "email_sealed"),
    ],
)
def test_a_ciphertext_that_was_moved_does_not_open(elsewhere: Place) -> None:
    sealed = KEY.seal("nina@example.com", HOME)

    with pytest.raises(SealBroken):
        KEY.open(sealed, elsewhere)


def test_a_ciphertext_does_not_open_under_the_same_bytes_with_another_key_id() -> None:
    sealed = KEY.seal("nina@example.com", HOME)

    with pytest.raises(SealBroken):
        DataKey("row-2", KEY.key).open(sealed, HOME)


@given(st.integers(min_value=0))
def test_any_changed_byte_breaks_the_seal(position: int) -> None:
    sealed = bytearray(KEY.seal("nina@example.com", HOME))
    sealed[position % len(sealed)] ^= 1

    with pytest.raises(SealBroken):
        KEY.open(bytes(sealed), HOME)


def test_sealing_twice_never_gives_the_same_bytes() -> None:
    assert KEY.seal("nina@example.com", HOME) != KEY.seal("nina@example.com", HOME)


def test_an_older_master_key_still_opens_and_the_newest_wraps() -> None:
    wrapped = Vault((OLD,)).new_key(HOME)
    rotated = Vault((NEW, OLD))

    assert len(rotated.open_key(wrapped, HOME)) == 32
    assert rotated.new_key(HOME).master_key_id == "new"


def test_a_key_whose_master_key_is_gone_says_so() -> None:
    wrapped = Vault((OLD,)).new_key(HOME)

    with pytest.raises(SealBroken, match="not configured"):
        Vault((NEW,)).open_key(wrapped, HOME)


def test_a_wrapped_key_cannot_be_passed_off_as_wrapped_by_another_master_key() -> None:
    twin = Master("twin", OLD.key)
    wrapped = Vault((OLD,)).new_key(HOME)

    with pytest.raises(SealBroken):
        Vault((twin,)).open_key(WrappedKey(wrapped.sealed, "twin"), HOME)


def test_the_blind_index_depends_on_its_key_and_hides_the_text() -> None:
    index = blind_index(b"a" * 32, "nina@example.com")

    assert index == blind_index(b"a" * 32, "nina@example.com")
    assert index != blind_index(b"b" * 32, "nina@example.com")
    assert b"nina" not in index
