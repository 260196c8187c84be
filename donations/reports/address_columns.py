"""The columns of an export that say who somebody is: reference, address, name.

Whoever was erased has none, and an address whose seal does not open is told as such: a column of its
own says so, and the rest of the file is not lost for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from donations.models import Supporter
from donations.models.bulk_opening import OpenRows, bulk_opener
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
    """The columns of `FIELDS`, from those of `SEALED`."""
    references, masters, keys, *texts = sealed
    emails: list[str | None] = []
    names: list[str | None] = []
    remarks: list[str | None] = []
    for key, found in zip(keys, open_rows(references, masters, keys, zip(*texts, strict=True)), strict=True):
        email, name = found or (None, None)
        emails.append(email)
        names.append(name)
        remarks.append(None if found else UNOPENED if key else ERASED)
    return references, emails, names, remarks
