"""Open what is sealed of many rows, one after the other, as fast as the cipher allows.

Opens exactly what `DataKey.open` opens, and nothing that it refuses. What is bound to a place is
mostly the same bytes for every row of a table, and a master key's cipher is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from donations.models.vault import NONCE_BYTES, VERSION, Vault, measured

Sealed = tuple[bytes | None, ...]
Opened = tuple[str | None, ...]
OpenRows = Callable[
    [Iterable[str], Iterable[str], Iterable[bytes], Iterable[Sealed]],
    Iterator[Opened | None],
]
"""The rows, the ids of their master keys, their sealed data keys, and what these seal, in the order of the
columns. None for a row that does not open: changed, moved, or its master key is not configured."""

_BODIES: Final = {VERSION[0]: 1 + NONCE_BYTES}
"""Where the text begins in what is sealed, by its version. Others do not open."""


def bulk_opener(vault: Vault, table: str, key_column: str, columns: tuple[str, ...]) -> OpenRows:
    """For one table, whose rows each have a data key of their own in `key_column`."""
    before, key_place = measured(table), measured(key_column)
    places = tuple(measured(column) for column in columns)
    masters = {key_id: (cipher, key_place + measured(key_id)) for key_id, cipher in vault.ciphers.items()}

    def open_rows(
        rows: Iterable[str],
        master_key_ids: Iterable[str],
        keys: Iterable[bytes],
        sealed: Iterable[Sealed],
    ) -> Iterator[Opened | None]:
        # All of it in one place: for a million rows, a call for each part takes as long as the cipher.
        for row, master_key_id, key, parts in zip(rows, master_key_ids, keys, sealed, strict=True):
            try:
                master, key_ending = masters[master_key_id]
                encoded = row.encode()
                measured_row = len(encoded).to_bytes(2, "big") + encoded
                begin = before + measured_row
                body = _BODIES[key[0]]
                decrypt = AESGCM(master.decrypt(key[1:body], key[body:], begin + key_ending)).decrypt
                texts: list[str | None] = []
                for each, place in zip(parts, places, strict=True):
                    if each is None:
                        texts.append(None)
                    else:
                        body = _BODIES[each[0]]
                        text = decrypt(each[1:body], each[body:], begin + place + measured_row)
                        texts.append(text.decode())
                yield tuple(texts)
            except (InvalidTag, LookupError, ValueError):
                yield None

    return open_rows
