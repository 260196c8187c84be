"""The days of charges as a calendar file that a reader may import.

Calendars are copied to the servers of others and seen over shoulders: no entry names the newspaper,
and none carries a reference by which anything of ours could be looked up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from icalendar import Calendar, Event

from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency, Gift
from donations.languages import Language, catalogue_of

FILENAME: Final = "donation-dates.ics"
CONTENT_TYPE: Final = "text/calendar; charset=utf-8"


def charge_calendar(
    days: Iterable[date], gift: Gift, uid: str, language: Language, stamped_at: datetime
) -> bytes:
    """One all-day event for each day on which `gift` is charged.

    `uid` is whatever is always the same for one gift; imported again, its days take the place of
    what was imported before. It can't be read from the file.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Donations//Charge dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for day in days:
        calendar.add_component(_event(day, gift, uid, language, stamped_at))
    return calendar.to_ical()


def _event(day: date, gift: Gift, uid: str, language: Language, stamped_at: datetime) -> Event:
    _ = catalogue_of(language).gettext
    event = Event()
    event.add("uid", _uid_of_day(uid, day))
    event.add("dtstamp", stamped_at)
    event.add("dtstart", day)
    event.add("summary", _("Donation"))
    event.add("description", _in_words(gift, language))
    # The day stays free for appointments.
    event.add("transp", "TRANSPARENT")
    return event


def _uid_of_day(uid: str, day: date) -> str:
    return hashlib.sha256(f"charge/{uid}/{day.isoformat()}".encode()).hexdigest()[:32]


def _in_words(gift: Gift, language: Language) -> str:
    _ = catalogue_of(language).gettext
    sentence = (
        _("%(amount)s every year") if gift.frequency is Frequency.ANNUAL else _("%(amount)s every month")
    )
    return sentence % {"amount": format_money(gift.money, language.value)}
