"""The list of donations with its filters and totals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.gifts import Frequency
from donations.models import DonationSource
from donations.models.database import writing
from donations.models.vault import Vault
from tests.factories import NOON, make_donation, make_refund, make_supporter
from tests.web.staff.conftest import Desk, take_in


@pytest.fixture
def three(vault: Vault) -> None:
    with writing() as session:
        nina = make_supporter(session, vault, email="nina@example.com")
        make_donation(session, nina, amount=5000, fee=171, at=NOON)
        old = make_donation(
            session, nina, amount=1000, frequency=Frequency.MONTHLY, at=NOON - timedelta(days=40)
        )
        make_refund(session, old, amount=400)
        make_donation(
            session,
            nina,
            amount=700,
            currency="usd",
            at=NOON - timedelta(days=3),
            source=DonationSource.OFFLINE,
            stripe_payment_intent_id=None,
            stripe_charge_id=None,
        )
    take_in()


def amounts(desk: Desk, query: str = "") -> list[str]:
    page = desk.sees(f"/staff/donations{query}")
    return [row.select("td")[3].text for row in page.select("#donations tbody tr")]


def test_nothing_yet_is_said_in_words(editor: Desk) -> None:
    take_in()

    assert "No donation has been received yet." in editor.sees("/staff/donations").text


def test_the_newest_stands_first_with_its_fee_and_its_supporter(editor: Desk, three: None) -> None:
    row = editor.sees("/staff/donations").select("#donations tbody tr")[0]

    assert [cell.get_text(strip=True) for cell in row.select("th, td")] == [
        "22 Nov 2026, 13:00",
        "n***@example.com",
        "One-time",
        "StripeGive back€50.00 of 22 Nov 2026",
        "€50.00",
        "–",
        "€1.71",
        "€48.29",
    ]
    link = row.select_one("a")
    assert link is not None
    assert "n***@example.com" in editor.sees(str(link["href"])).text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["€50.00", "$7.00", "€10.00"]),
        ("?currency=usd", ["$7.00"]),
        ("?frequency=monthly", ["€10.00"]),
        ("?source=offline", ["$7.00"]),
        ("?preset=last-7-days", ["€50.00", "$7.00"]),
        ("?preset=last-month", ["€10.00"]),
        ("?from=2026-11-19&to=2026-11-21", ["$7.00"]),
        ("?from=2026-11-22", ["€50.00"]),
        ("?from=&to=&currency=", ["€50.00", "$7.00", "€10.00"]),
        ("?from=yesterday&source=elsewhere", ["€50.00", "$7.00", "€10.00"]),
        ("?currency=gbp", []),
    ],
)
def test_filters_leave_what_matches(editor: Desk, three: None, query: str, shown: list[str]) -> None:
    assert amounts(editor, query) == shown


def test_totals_are_of_all_that_filters_leave_and_refunds_are_by_their_day(editor: Desk, three: None) -> None:
    def totals(query: str) -> list[list[str]]:
        rows = editor.sees(f"/staff/donations{query}").select("#totals tbody tr")
        return [[cell.text for cell in row.select("th, td")] for row in rows]

    assert totals("") == [
        ["EUR", "2", "€60.00", "€4.00", "1"],
        ["USD", "1", "$7.00", "$0.00", "1"],
    ]
    assert totals("?preset=last-7-days&currency=eur") == [["EUR", "1", "€50.00", "€4.00", "0"]]
    assert totals("?to=2026-11-21&from=2026-10-01") == [
        ["EUR", "1", "€10.00", "€0.00", "1"],
        ["USD", "1", "$7.00", "$0.00", "1"],
    ]


def test_filters_that_leave_nothing_say_so(editor: Desk, three: None) -> None:
    assert "No donation matches these filters." in editor.sees("/staff/donations?currency=gbp").text


def test_a_long_list_comes_in_pages_while_the_totals_stay_whole(editor: Desk, vault: Vault) -> None:
    with writing() as session:
        nina = make_supporter(session, vault)
        for number in range(51):
            make_donation(session, nina, amount=100 + number, at=NOON - timedelta(minutes=number))
    take_in()

    first, second = amounts(editor), amounts(editor, "?page=2")

    assert (len(first), second) == (50, ["€1.50"])
    page = editor.sees("/staff/donations?page=2")
    assert "Page 2 of 2" in page.text
    total = page.select_one("#totals tbody td")
    assert total is not None
    assert total.text == "51"


def test_presets_keep_the_other_filters_and_drop_the_page(editor: Desk, three: None) -> None:
    link = editor.sees("/staff/donations?currency=usd&page=2&from=2026-01-01").find("a", string="Last 7 days")

    assert link is not None
    assert link["href"] == "/staff/donations?currency=usd&preset=last-7-days"  # pyright: ignore[reportIndexIssue]
