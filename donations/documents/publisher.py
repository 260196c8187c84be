"""Who issues a document, and where it is verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publisher:
    name: str
    address: str
    """On one line."""
    verify_url: str
