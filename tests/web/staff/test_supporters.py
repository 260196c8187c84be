"""The list of supporters, and the search by address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.models.database import writing
from donations.models.vault import Vault
from tests.factories import NOON, make_checkout, make_donation, make_subscription, make_supporter
from tests.web.staff.conftest import Clock, Desk, take_in


def listed(desk: Desk, query: str = "") -> list[str]:
    page = desk.sees(f"/staff/supporters{query}")
    return [link.text for link in page.select("#supporters tbody th a")]


@pytest.fixture
def four(vault: Vault) -> None:
    """One of each kind, the newest gift last."""
    with writing() as session:
        never = make_supporter(session, vault, email="never@example.com", at=NOON - timedelta(days=40))
        make_checkout(session, never, status=CheckoutStatus.EXPIRED)
        once = make_supporter(session, vault, email="once@example.com", name="Jan de Vries")
        make_donation(session, once, amount=2500, currency="usd", at=NOON - timedelta(days=30))
        former = make_supporter(session, vault, email="former@example.com")
        ended = make_subscription(session, former, standing=Standing.CANCELED, frequency=Frequency.ANNUAL)
        make_donation(
            session,
            former,
            amount=10000,
            frequency=Frequency.ANNUAL,
            subscription=ended,
            at=NOON - timedelta(days=20),
        )
        giver = make_supporter(session, vault, email="giver@example.com")
        gift = make_subscription(session, giver, standing=Standing.PAST_DUE, amount=1041)
        for days in (31, 1):
            make_donation(
                session,
                giver,
                amount=1041,
                frequency=Frequency.MONTHLY,
                subscription=gift,
                at=NOON - timedelta(days=days),
            )
    take_in()


def test_nobody_yet_is_said_in_words(editor: Desk) -> None:
    take_in()

    page = editor.sees("/staff/supporters")

    assert "Nobody has given yet." in page.text
    assert page.select("#supporters") == []


def test_the_newest_gift_stands_first_and_addresses_are_masked(editor: Desk, four: None) -> None:
    page = editor.sees("/staff/supporters")

    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in page.select("#supporters tbody tr")
    ]
    assert rows == [
        ["g***@example.com", "€10.41 monthly", "Past due", "€20.82", "21 Nov 2026"],
        ["f***@example.com", "€10.00 annual", "Ended", "€100.00", "2 Nov 2026"],
        ["o***@example.com Jan de Vries", "–", "–", "$25.00", "23 Oct 2026"],
        ["n***@example.com", "–", "–", "Never paid", "–"],
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?kind=all", "gfon"),
        ("?kind=recurring", "g"),
        ("?kind=former", "f"),
        ("?kind=once", "o"),
        ("?kind=never", "n"),
        ("?standing=past_due", "g"),
        ("?standing=canceled", "f"),
        ("?currency=usd", "o"),
        ("?currency=EUR", "gf"),
        ("?frequency=annual", "f"),
        ("?frequency=once", "o"),
        ("?preset=last-7-days", "g"),
        ("?from=2026-10-23&to=2026-11-02", "fo"),
        ("?from=2026-10-24&to=2026-11-01", ""),
        ("?kind=recurring&currency=usd", ""),
        ("?kind=nonsense&standing=nonsense&currency=zz&frequency=daily&from=32&page=x", "gfon"),
    ],
)
def test_filters_leave_those_who_match(editor: Desk, four: None, query: str, names: str) -> None:
    assert [name[0] for name in listed(editor, query)] == list(names)


def test_filters_that_leave_nobody_say_so_and_lead_back(editor: Desk, four: None) -> None:
    page = editor.sees("/staff/supporters?kind=never&standing=active")

    assert "No supporter matches these filters." in page.text
    assert page.find("a", string="Show all supporters") is not None


def test_a_word_that_is_not_understood_is_named(editor: Desk, four: None) -> None:
    page = editor.sees("/staff/supporters?kind=nonsense&from=2026-13-01")

    assert "We do not know that kind of supporter" in page.text
    assert "Write dates like 2026-11-22" in page.text


def test_a_long_list_comes_in_pages_that_keep_the_filters(editor: Desk, vault: Vault) -> None:
    with writing() as session:
        for number in range(101):
            supporter = make_supporter(session, vault, email=f"reader{number}@example.com")
            make_donation(session, supporter, at=NOON - timedelta(minutes=number))
    take_in()

    first = editor.sees("/staff/supporters?kind=once&currency=eur")
    onward = first.find("a", rel="next")
    assert onward is not None
    second = editor.sees(str(onward["href"]))
    references = [
        [str(link["href"]) for link in page.select("#supporters tbody th a")]
        for page in (first, second, editor.sees("/staff/supporters?kind=once&currency=eur&page=3"))
    ]

    assert [len(page) for page in references] == [50, 50, 1]
    assert len({reference for page in references for reference in page}) == 101
    assert "101 supporters" in first.text
    assert "Page 2 of 3" in second.text
    assert "kind=once" in str(onward["href"])
    assert "currency=eur" in str(onward["href"])
    assert "Page 3 of 3" in editor.sees("/staff/supporters?page=999").text
    assert "Page 1 of 3" in editor.sees("/staff/supporters?page=-1").text


def test_the_search_leads_to_the_record_of_exactly_that_address(editor: Desk, four: None) -> None:
    response = editor.sends("/staff/supporters/search", "/staff/supporters", email=" Once@Example.com ")

    assert response.status_code == 303
    assert "Jan de Vries" in editor.sees(response.headers["Location"]).text


@pytest.mark.parametrize("email", ["on@example.com", "once@example.co", "ONCE2@example.com"])
def test_the_search_finds_no_part_of_an_address(editor: Desk, four: None, email: str) -> None:
    response = editor.sends("/staff/supporters/search", "/staff/supporters", email=email)

    assert response.status_code == 200
    assert "No supporter has that address" in response.text
    assert f'value="{email}"' in response.text


def test_a_search_before_anyone_gave_finds_nobody(editor: Desk) -> None:
    response = editor.sends("/staff/supporters/search", "/staff/supporters", email="n@example.com")

    assert "No supporter has that address" in response.text


def test_what_is_no_address_is_said_beside_the_field(editor: Desk) -> None:
    response = editor.sends("/staff/supporters/search", "/staff/supporters", email="nothing")

    assert response.status_code == 422
    assert "<title>Error: Supporters" in response.text
    assert "Enter an email address, like name@example.com" in response.text


def test_no_address_stands_in_any_link_or_page(editor: Desk, four: None) -> None:
    found = editor.sends("/staff/supporters/search", "/staff/supporters", email="once@example.com")
    pages = [
        editor.client.get(path).text
        for path in ("/staff/supporters", "/staff/donations", found.headers["Location"])
    ]

    assert "@" not in found.headers["Location"]
    for page in pages:
        assert "once@example.com" not in page
        assert "giver@example.com" not in page
    links = [
        str(a["href"])
        for path in ("/staff/supporters", "/staff/donations")
        for a in editor.sees(path).select("a[href]")
    ]
    assert [link for link in links if "@" in link or "%40" in link] == []


def test_the_search_is_not_a_link(editor: Desk) -> None:
    assert editor.client.get("/staff/supporters/search?email=once@example.com").status_code == 404


def test_the_list_says_up_to_when_it_is_true(editor: Desk, four: None, vault: Vault, clock: Clock) -> None:
    with writing() as session:
        make_supporter(session, vault, email="just@example.com", at=clock())
    clock.moves(minutes=5)

    behind = editor.sees("/staff/supporters")
    assert "As of 22 Nov 2026, 14:00. What came in since is being taken in" in behind.text
    assert [name[0] for name in listed(editor)] == list("gfon")

    take_in()
    assert "As of 22 Nov 2026, 14:05." in editor.sees("/staff/supporters").text
    assert [name[0] for name in listed(editor)] == list("jgfon")


def test_before_anything_was_summed_the_list_says_so(editor: Desk, vault: Vault) -> None:
    with writing() as session:
        make_supporter(session, vault)

    assert "This list is being put together for the first time." in editor.sees("/staff/supporters").text
