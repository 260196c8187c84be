"""The calendar file, read back as a calendar reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar, Event

from donations.documents.calendar import charge_calendar
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.languages import Language

DAYS = (date(2027, 2, 28), date(2027, 3, 31), date(2028, 2, 29))
GIFT = Gift(Money(1041, "eur"), Frequency.MONTHLY)
STAMP = datetime(2027, 1, 31, 12, tzinfo=UTC)
REFERENCE = "c0OqYwV3tqJpX1s8m2KfZA"


def file(language: Language = Language.ENGLISH, gift: Gift = GIFT, reference: str = REFERENCE) -> bytes:
    return charge_calendar(DAYS, gift, reference, language, STAMP)


def events(ical: bytes) -> list[Event]:
    return list(Calendar.from_ical(ical).walk("VEVENT"))


def test_each_charge_is_a_whole_day_that_stays_free() -> None:
    found = events(file())

    assert [event.decoded("dtstart") for event in found] == list(DAYS)
    assert {event.decoded("dtstamp") for event in found} == {STAMP}
    assert {str(event["transp"]) for event in found} == {"TRANSPARENT"}


@pytest.mark.parametrize(
    ("language", "frequency", "title", "words"),
    [
        (Language.ENGLISH, Frequency.MONTHLY, "Donation", "€10.41 every month"),
        (Language.ENGLISH, Frequency.ANNUAL, "Donation", "€10.41 every year"),
        (Language.RUSSIAN, Frequency.MONTHLY, "Платёж", "10,41\u00a0€ в месяц"),
    ],
)
def test_an_entry_says_what_it_is_in_the_readers_language(
    language: Language, frequency: Frequency, title: str, words: str
) -> None:
    event = events(file(language, Gift(GIFT.money, frequency)))[0]

    assert (str(event["summary"]), str(event["description"])) == (title, words)


def test_neither_the_newspaper_nor_the_reference_stands_in_the_file() -> None:
    text = file().decode()

    assert "moscow" not in text.lower()
    assert REFERENCE not in text


def test_a_day_keeps_its_id_and_no_two_days_or_gifts_share_one() -> None:
    def ids(ical: bytes) -> list[str]:
        return [str(event["uid"]) for event in events(ical)]

    assert ids(file()) == ids(file(Language.RUSSIAN))
    assert len({*ids(file()), *ids(file(reference="another"))}) == 2 * len(DAYS)
