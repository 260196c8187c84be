"""The dates of a recurring gift, as a file for the reader's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from icalendar import Calendar

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from tests.web.readers.conftest import Reader
from tests.web.readers.test_thanks import a_checkout


def test_the_file_holds_the_next_twelve_charges(app: Flask, giver: Reader) -> None:
    begun = datetime(2027, 1, 31, 12, tzinfo=UTC)
    reference = a_checkout(
        CheckoutStatus.PAID, frequency=Frequency.MONTHLY, amount=1000, charge_amount=1041, at=begun
    )
    link = giver.looks(f"/support/thanks/{reference}").find("a", string="Put the dates into your calendar")

    response = giver.client.get(str(link["href"]))

    events = Calendar.from_ical(response.data).walk("VEVENT")
    days = [event.decoded("dtstart") for event in events]
    assert (days[0], days[1], days[-1], len(days)) == (
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2028, 1, 31),
        12,
    )
    assert str(events[0]["description"]) == "€10.41 every month"
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="donation-dates.ics"'
    assert response.headers["Cache-Control"] == "no-store"


def test_the_file_speaks_the_pages_language(app: Flask, giver: Reader) -> None:
    reference = a_checkout(CheckoutStatus.PAID, frequency=Frequency.ANNUAL)
    page = giver.looks(f"/support/thanks/{reference}?lang=ru")

    response = giver.client.get(str(page.find("a", string="Добавить даты в календарь")["href"]))

    assert "SUMMARY:Платёж" in response.text


@pytest.mark.parametrize(
    ("status", "frequency"),
    [
        (CheckoutStatus.PAID, Frequency.ONCE),
        (CheckoutStatus.OPEN, Frequency.MONTHLY),
        (CheckoutStatus.EXPIRED, Frequency.MONTHLY),
    ],
)
def test_without_a_charge_to_come_there_is_no_file(
    app: Flask, giver: Reader, status: CheckoutStatus, frequency: Frequency
) -> None:
    path = f"/support/thanks/{a_checkout(status, frequency=frequency)}"

    assert giver.client.get(f"{path}.ics").status_code == 404
    assert ".ics" not in giver.client.get(path).text


@pytest.mark.parametrize("reference", ["unknown", "%00", ""])
def test_an_unknown_reference_has_no_file(app: Flask, giver: Reader, reference: str) -> None:
    assert giver.client.get(f"/support/thanks/{reference}.ics").status_code == 404
