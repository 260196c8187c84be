"""Values of the environment, each read as what it is meant to be. What cannot be read is noted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Values:
    """Collects problems instead of stopping at the first; where there is one, the default is handed out."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def port(self, name: str, default: int) -> int:
        return self.number(name, default, least=1, most=65535)

    def number(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.problems.append(f"{name} must be a number from {least} to {most}, not {text!r}.")
        return default

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            self.problems.append(f"{name} must be an http(s) address, not {text!r}.")
        return text

    def zone(self, name: str, default: str) -> ZoneInfo:
        text = self.text(name, default)
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError):
            self.problems.append(f"{name} must name a time zone like {default}, not {text!r}.")
            return ZoneInfo(default)

    def file(self, name: str) -> Path | None:
        text = self.text(name, "")
        if text and not Path(text).is_file():
            self.problems.append(f"{name} names a file that does not exist: {text!r}.")
        return Path(text) if text else None
