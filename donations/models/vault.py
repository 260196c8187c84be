"""Encryption of what could endanger a reader: email addresses, names, parameters that carry them.

Each supporter has a data key, wrapped by a master key that is never in the database; deleting
the wrapped key erases the supporter from backups too. AES-256-GCM with a fresh random nonce;
the table, the row, the column and the key's id are authenticated, so a ciphertext that was
moved elsewhere does not open. Look-ups go through an HMAC under a key of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """A ciphertext does not open here: changed, moved to another row, or under another key."""


class _MasterKey(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def key(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A key as it is stored: sealed by the master key `master_key_id`."""

    sealed: bytes
    master_key_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """The one place where a ciphertext is valid."""

    table: str
    row: str
    column: str

    def bound_to(self, key_id: str) -> bytes:
        """The bytes to authenticate. Lengths go before the parts, so that no two places meet."""
        return b"".join(map(measured, (self.table, self.row, self.column, key_id)))


def measured(part: str) -> bytes:
    """One part of a place, with its length in front."""
    encoded = part.encode()
    return len(encoded).to_bytes(2, "big") + encoded


@dataclass(frozen=True, slots=True)
class DataKey:
    """An opened key of one supporter. `id` names it in what it authenticates."""

    id: str
    key: bytes = field(repr=False)

    def seal(self, text: str, place: Place) -> bytes:
        return _seal(self.key, text.encode(), place.bound_to(self.id))

    def open(self, sealed: bytes, place: Place) -> str:
        """Raises SealBroken where the ciphertext does not belong to `place` or was changed."""
        return _open(self.key, sealed, place.bound_to(self.id)).decode()


class Vault:
    """Wraps and opens keys with the master keys; the newest wraps, all open."""

    def __init__(self, master_keys: tuple[_MasterKey, ...]) -> None:
        if not master_keys:
            raise ValueError("A vault needs at least one master key.")
        self._newest = master_keys[0]
        self._keys = {key.id: key.key for key in master_keys}
        self.ciphers: Final = {key.id: AESGCM(key.key) for key in master_keys}
        """By the id of the master key: for whoever opens the keys of many rows."""

    @property
    def newest_id(self) -> str:
        """Of the master key that wraps."""
        return self._newest.id

    def new_key(self, place: Place) -> WrappedKey:
        """A fresh random key, sealed for `place`."""
        sealed = _seal(self._newest.key, secrets.token_bytes(32), place.bound_to(self._newest.id))
        return WrappedKey(sealed, self._newest.id)

    def open_key(self, wrapped: WrappedKey, place: Place) -> bytes:
        """The key inside. Raises SealBroken, also where its master key is not configured."""
        master = self._keys.get(wrapped.master_key_id)
        if master is None:
            raise SealBroken(f"The master key {wrapped.master_key_id!r} is not configured.")
        return _open(master, wrapped.sealed, place.bound_to(wrapped.master_key_id))


def blind_index(key: bytes, text: str) -> bytes:
    """Finds a row by a text without storing the text. 32 bytes, HMAC-SHA-256."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    if sealed[:1] != VERSION:
        raise SealBroken("The ciphertext has an unknown version.")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("The ciphertext does not belong here, or was changed.") from error
