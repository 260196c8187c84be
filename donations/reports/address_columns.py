"""The columns of an export that say who somebody is: reference, address, name.

Whoever was erased has none, and an address whose seal does not open is told as such: a column of its
own says so, and the rest of the file is not lost for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from donations.models import Supporter
from donations.models.bulk_opening import Opened, OpenRows, bulk_opener
from donations.models.vault import Vault
from donations.reports.feed import Field
from donations.reports.table import ColumnKind

FIELDS: Final = (
    Field("supporter", "Supporter", ColumnKind.TEXT),
    Field("email", "Email", ColumnKind.TEXT),
    Field("name", "Name", ColumnKind.TEXT),
    Field("remark", "Remark", ColumnKind.TEXT),
)
ERASED: Final = "erased"
UNOPENED: Final = "address cannot be opened"

_PEOPLE: Final = Supporter.__table__.c
SEALED: Final = tuple(
    _PEOPLE[name] for name in ("reference", "master_key_id", "data_key_sealed", "email_sealed", "name_sealed")
)

Texts = Sequence[str | None]


def opener_of(vault: Vault) -> OpenRows:
    return bulk_opener(vault, "supporter", "data_key_sealed", ("email_sealed", "name_sealed"))


def opened(sealed: Sequence[Sequence[Any]], open_rows: OpenRows) -> tuple[Texts, Texts, Texts, Texts]:
    """The columns of `FIELDS`, from those of `SEALED`. Who stands in several rows is opened once."""
    rows: list[tuple[Any, ...]] = list(zip(*sealed, strict=True))
    different = list(dict.fromkeys(rows))
    references, masters, keys, *texts = zip(*different, strict=True)
    found = open_rows(references, masters, keys, zip(*texts, strict=True))
    contacts = {row: _contact(row[2], each) for row, each in zip(different, found, strict=True)}
    people = [contacts[row] for row in rows]
    return (
        sealed[0],
        [email for email, _, _ in people],
        [name for _, name, _ in people],
        [remark for _, _, remark in people],
    )


def _contact(key: bytes, found: Opened | None) -> tuple[str | None, str | None, str | None]:
    if found is None:
        return None, None, UNOPENED if key else ERASED
    email, name = found
    return email, name, None
