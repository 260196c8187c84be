"""Anchors at the ends of months and on the leap day, lived through over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import keep_card, subscription_for


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 12, tzinfo=UTC).timestamp())


def day_of(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def renewals(desk: Desk, start: int, interval: str, count: int) -> list[str]:
    """The days on which a gift begun at `start` was charged, the first included."""
    v1 = desk.stripe.v1
    clock = v1.test_helpers.test_clocks.create({"frozen_time": start})
    customer = v1.customers.create({"email": "reader@example.org", "test_clock": clock.id})
    keep_card(desk, customer.id, "pm_card_visa")
    subscription = subscription_for(desk, customer.id, interval=interval)
    for _ in range(count):
        end = v1.subscriptions.retrieve(subscription.id)["items"].data[0].current_period_end
        v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": end + 7200})
    paid = v1.invoices.list({"subscription": subscription.id, "status": "paid", "limit": 100}).data
    return [day_of(invoice.created) for invoice in reversed(paid)]


def test_the_31st_comes_back_after_every_short_month(desk: Desk) -> None:
    assert renewals(desk, at(2027, 1, 31), "month", 15) == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
        "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29",
        "2028-03-31", "2028-04-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (at(2027, 1, 29), ["2027-01-29", "2027-02-28", "2027-03-29"]),
        (at(2027, 1, 30), ["2027-01-30", "2027-02-28", "2027-03-30"]),
        (at(2028, 2, 29), ["2028-02-29", "2028-03-29", "2028-04-29"]),
    ],
)
def test_other_month_ends_keep_their_day(desk: Desk, start: int, expected: list[str]) -> None:
    assert renewals(desk, start, "month", 2) == expected


def test_a_gift_of_the_leap_day_falls_on_the_28th_until_there_is_a_29th(desk: Desk) -> None:
    assert renewals(desk, at(2028, 2, 29), "year", 5) == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28",
    ]  # fmt: skip


def test_every_period_begins_where_the_one_before_it_ended(desk: Desk) -> None:
    renewals(desk, at(2027, 10, 31), "month", 5)

    lines = [invoice.lines.data[0].period for invoice in desk.stripe.v1.invoices.list().data]

    assert [line.start for line in lines[:-1]] == [line.end for line in lines[1:]]
    assert len(lines) == 6
