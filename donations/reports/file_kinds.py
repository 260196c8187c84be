"""The kinds of file that figures and rows are exported as."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """By the ending of its name."""

    CSV = "csv"
    XLSX = "xlsx"
