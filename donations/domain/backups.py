"""What a backup says of itself, and what is refused of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from donations.domain.errors import DonationError

FORMAT: Final = 1
"""Raised by a change after which older code would misread a manifest."""


class BackupRefused(DonationError):
    """A backup cannot be made, or must not be restored. For whoever operates the site."""


class DatabaseKind(StrEnum):
    """A backup of one kind cannot be restored into the other."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Beside the copy. It shows damage; whoever can write a backup can write a manifest too."""

    kind: DatabaseKind
    revision: str
    """Of the schema."""
    begun_at: datetime
    """Nothing before it is missing: what happened since is to be found again at Stripe."""
    rows: Mapping[str, int]
    """How many the tables have that matter most."""
    erased: tuple[str, ...]
    """The references of supporters who were erased by then, or had asked for it."""
    size: int
    """Of the copy, in bytes."""
    sha256: str

    def written(self) -> str:
        """As it stands in the backup."""
        content = asdict(self) | {
            "format": FORMAT,
            "kind": self.kind.value,
            "begun_at": self.begun_at.isoformat(),
            "rows": dict(self.rows),
            "erased": list(self.erased),
        }
        return json.dumps(content, indent=2, sort_keys=True) + "\n"

    @classmethod
    def read(cls, text: str) -> Manifest:
        """Raises BackupRefused."""
        try:
            content: dict[str, Any] = json.loads(text)
            if content["format"] != FORMAT:
                raise BackupRefused("This backup was made by another release of this program.")
            return cls(
                kind=DatabaseKind(content["kind"]),
                revision=str(content["revision"]),
                begun_at=datetime.fromisoformat(content["begun_at"]),
                rows={str(table): int(rows) for table, rows in content["rows"].items()},
                erased=tuple(map(str, content["erased"])),
                size=int(content["size"]),
                sha256=str(content["sha256"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupRefused("The manifest of this backup is damaged.") from error


def read_erased(text: str) -> tuple[str, ...]:
    """The references in a list of erased supporters, or in the manifest of another backup. Raises
    BackupRefused: a list that is half understood would bring people back."""
    try:
        named: Any = json.loads(text)["erased"]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupRefused("This is no list of erased supporters.") from error
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):  # pyright: ignore[reportUnknownVariableType]
        raise BackupRefused("This is no list of erased supporters.")
    return tuple(map(str, named))  # pyright: ignore[reportUnknownArgumentType]


def written_erased(references: tuple[str, ...]) -> str:
    return json.dumps({"erased": list(references)}, indent=2) + "\n"
