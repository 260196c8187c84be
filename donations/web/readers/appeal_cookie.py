"""The cookie that hides the appeal on one device. It says no more than that, and is set only on request."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response

from donations.web.cookies import Cookie

DAYS_HIDDEN: Final = 30
_APPEAL: Final = Cookie("appeal", timedelta(days=DAYS_HIDDEN))
_HIDDEN: Final = "hidden"


def is_appeal_hidden() -> bool:
    """Whether this device asked for it in the last thirty days."""
    return _APPEAL.read() == _HIDDEN


def hide_appeal(response: Response) -> None:
    _APPEAL.set(response, _HIDDEN)


def show_appeal(response: Response) -> None:
    """Have the browser forget it."""
    _APPEAL.delete(response)
