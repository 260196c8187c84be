"""The link by which a supporter logs in: it works once, and not for long."""

from __future__ import annotations

from dataclasses import dataclass

from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class ManageLink:
    url: str
    minutes: int


def write(link: ManageLink, letterhead: Letterhead) -> Written:
    return render("manage_link", link, letterhead)
