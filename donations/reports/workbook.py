"""An XLSX workbook as a stream: what it consists of is packed while it is made, and kept nowhere.

A workbook is a ZIP of XML. Nothing of it needs to be known beforehand, so it goes out as it comes:
no file is written, and none is left behind with addresses in it. Texts stand in their cells
(`inlineStr`), because a shared table of them would have to be held until the end. There is no way to
write a formula here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import RawIOBase
from typing import IO, Any, Final

from donations.reports import workbook_parts as parts

MOST_ROWS: Final = 1_000_000
"""A sheet has 1,048,576 rows; whoever has more of them begins another sheet."""
MOST_CHARACTERS: Final = 1 << 30
"""Of XML in one sheet: beyond 2 GiB a ZIP takes another form, which not every reader knows."""

_PACKED_LIGHTLY: Final = 1
"""The lightest packing: twice as fast as the usual, and the file is a tenth larger."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are pieces of XML, each of whole rows, and gone through once."""

    name: str
    """As it is wished; see `parts.sheet_names` for what becomes of it."""
    widths: tuple[float, ...]
    """Of the columns, in characters."""
    rows: Iterable[str]
    has_header: bool = True
    """Whether the first row stays in view."""


def stream_workbook(sheets: Iterable[Sheet], title: str) -> Iterator[bytes]:
    """The file, in pieces. `title` is what its properties call it."""
    out = _Outgoing()
    names: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED_LIGHTLY) as package:
        for sheet in sheets:
            names.append(parts.sheet_name(sheet.name, names))
            with package.open(_entry(f"xl/worksheets/sheet{len(names)}.xml"), "w") as entry:
                yield from _stream_sheet(sheet, entry, out, is_first=len(names) == 1)
        for path, text in parts.frame(names, title).items():
            package.writestr(_entry(path), text)
            yield out.taken()
    yield out.taken()


def _stream_sheet(sheet: Sheet, entry: IO[bytes], out: _Outgoing, *, is_first: bool) -> Iterator[bytes]:
    entry.write(parts.sheet_begin(sheet.widths, has_header=sheet.has_header, is_first=is_first).encode())
    for piece in sheet.rows:
        entry.write(piece.encode())
        packed = out.taken()
        if packed:
            yield packed
    entry.write(parts.SHEET_END.encode())


def _entry(path: str) -> zipfile.ZipInfo:
    """Dated by the first day that a ZIP knows, so that the same rows make the same file."""
    entry = zipfile.ZipInfo(path)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


class _Outgoing(RawIOBase):
    """What is packed and not sent yet. It cannot be gone back in, which `zipfile` respects."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
