"""The letterhead that tests write under."""

from __future__ import annotations

from typing import Any

from donations.emails.letterhead import Letterhead
from donations.languages import Language


def letterhead(**fields: Any) -> Letterhead:
    values: dict[str, Any] = {
        "language": Language.ENGLISH,
        "sender": "The Moscow Times <support@example.com>",
        "support_email": "support@example.com",
        "statement_descriptor": "MOSCOW TIMES",
        "public_base_url": "https://support.example",
        "name": "Nina",
    }
    return Letterhead(**(values | fields))
