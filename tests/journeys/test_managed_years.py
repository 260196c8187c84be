"""What supporters do with their gifts over simulated months, by the pages and letters that they get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from config import Config
from donations.domain.gifts import Frequency
from donations.domain.periods import nth_charge_on
from tests.journeys.givers import CHALLENGED, BrowserGiver, Giver, HttpGiver, card
from tests.journeys.test_years import FAILS_LATER, MONTHLY, ONE_DATABASE, START
from tests.journeys.years import Years, years

pytestmark = ONE_DATABASE


@pytest.fixture
def world(config: Config, tmp_path: Path) -> Iterator[Years]:
    with years(config, tmp_path) as world:
        world.begin_at(START)
        yield world


def on(n: int, frequency: Frequency = Frequency.MONTHLY) -> date:
    """The day of the n-th charge after the first."""
    return nth_charge_on(START.date(), frequency, n)


def act(world: Years, giver: Giver, link: str, **fields: str) -> None:
    """Follow a link of the first page, fill the form in, send it, and see that it was done."""
    giver.open(f"{world.base}/manage")
    giver.follow(link)
    if fields:
        giver.fill_in(fields)
    giver.submit()
    world.settle()
    giver.open(f"{world.base}/manage")


def test_a_gift_is_raised_made_annual_and_monthly_again_each_from_its_next_date(
    world: Years, giver: Giver
) -> None:
    world.give(giver, MONTHLY)
    world.log_in(giver)
    world.new_letters()

    act(world, giver, "Change the amount", amount="15")
    assert "€15 every month" in giver.text
    world.live_until(on(1) + timedelta(days=1))
    assert world.new_letters() == {"gift_changed": 1, "receipt": 1}
    world.assert_in_agreement()

    world.log_in(giver)
    act(world, giver, "Give annually instead", amount="120")
    assert "€120 every year" in giver.text
    assert world.charged_on() == [START.date(), on(1)]
    world.live_until(on(2) + timedelta(days=1))
    assert world.charged_on() == [START.date(), on(1), on(2)]
    told = {"manage_link": 1, "gift_changed": 1, "renewal_reminder": 1, "receipt": 1}
    assert world.new_letters() == told
    world.assert_in_agreement()

    renews_on = nth_charge_on(on(2), Frequency.ANNUAL, 1)
    world.live_until(renews_on - timedelta(days=14))
    assert world.new_letters() == {"yearly_statement": 1, "renewal_reminder": 1}
    world.log_in(giver)
    act(world, giver, "Give monthly instead", amount="12")
    world.live_until(nth_charge_on(renews_on, Frequency.MONTHLY, 1) + timedelta(days=1))
    assert world.charged_on()[3:] == [renews_on, nth_charge_on(renews_on, Frequency.MONTHLY, 1)]
    assert world.new_letters() == {"manage_link": 1, "gift_changed": 1, "receipt": 2}
    world.assert_in_agreement()


def test_a_payment_is_skipped_and_some_are_paused_and_the_days_stay_as_they_were(
    world: Years, giver: Giver
) -> None:
    world.give(giver, MONTHLY)
    world.log_in(giver)
    world.new_letters()

    act(world, giver, "Skip the next payment")
    assert "Next payment skipped" in giver.text
    world.live_until(on(2) + timedelta(days=1))
    assert world.charged_on() == [START.date(), on(2)]
    assert world.new_letters() == {"gift_paused": 1, "gift_resuming": 1, "receipt": 1}
    world.assert_in_agreement()

    world.log_in(giver)
    act(world, giver, "Pause for some months", months="3")
    assert "Paused" in giver.text
    world.live_until(on(6) + timedelta(days=1))
    assert world.charged_on() == [START.date(), on(2), on(6)]
    assert world.new_letters() == {"manage_link": 1, "gift_paused": 1, "gift_resuming": 1, "receipt": 1}
    world.assert_in_agreement()

    world.log_in(giver)
    act(world, giver, "Pause for some months", months="2")
    act(world, giver, "Resume")
    world.live_until(on(7) + timedelta(days=1))
    assert world.charged_on()[-1] == on(7)
    assert world.new_letters() == {"manage_link": 1, "gift_paused": 1, "receipt": 1}
    world.assert_in_agreement()


def test_a_gift_is_cancelled_and_taken_back_and_cancelled_and_lapses_and_its_giver_comes_back(
    world: Years, giver: Giver
) -> None:
    world.give(giver, MONTHLY)
    world.log_in(giver)
    world.new_letters()

    act(world, giver, "Cancel", reason="needs_break")
    assert "Ends on" in giver.text
    giver.submit()
    world.settle()
    giver.open(f"{world.base}/manage")
    assert "Active" in giver.text
    world.live_until(on(1) + timedelta(days=1))
    assert world.new_letters() == {"gift_cancelled": 1, "gift_changed": 1, "receipt": 1}
    world.assert_in_agreement()

    world.log_in(giver)
    act(world, giver, "Cancel", reason="cannot_afford")
    world.live_until(on(3))
    assert world.charged_on() == [START.date(), on(1)]
    assert world.new_letters() == {"manage_link": 1, "gift_cancelled": 1}
    world.assert_in_agreement()

    world.give(giver, MONTHLY)
    assert world.new_letters() == {"receipt": 1}
    world.assert_in_agreement()


def test_a_card_that_fails_is_replaced_from_the_letter_and_tried_at_once(world: Years, giver: Giver) -> None:
    world.give(giver, MONTHLY, FAILS_LATER)
    world.new_letters()
    world.live_until(on(1) + timedelta(days=1))
    assert world.new_letters() == {"payment_failed": 1}

    giver.open(world.url_in_letters(r"http\S+/manage/card/\S+"))
    giver.submit()
    giver.pay(**card())
    world.settle()

    assert len(world.charged_on()) == 2
    world.live_until(on(2) + timedelta(days=1))
    assert world.charged_on()[2:] == [on(2)]
    assert world.new_letters() == {"receipt": 2}
    world.assert_in_agreement()


def test_a_bank_that_asks_at_a_renewal_is_answered_from_the_letter(world: Years, giver: Giver) -> None:
    giver.open(f"{world.base}/support")
    giver.fill_in({"email": "nina@example.com", **MONTHLY})
    giver.submit()
    giver.pay(**card(CHALLENGED))
    giver.confirm()
    world.settle()
    world.new_letters()
    world.live_until(on(1) + timedelta(days=1))
    assert world.new_letters() == {"payment_failed": 1}

    giver.open(world.url_in_letters(r"http\S+/manage/confirm/\S+"))
    giver.submit()
    giver.follow("Stripe")
    giver.confirm()
    world.settle()

    assert len(world.charged_on()) == 2
    assert world.new_letters() == {"receipt": 1}
    world.assert_in_agreement()


def test_a_second_gift_is_asked_about_and_both_may_be_kept(world: Years, giver: Giver) -> None:
    world.give(giver, MONTHLY)
    world.new_letters()

    world.give(giver, {"frequency": "annual", "amount_annual": "50"})
    assert world.new_letters() == {"receipt": 1, "possible_duplicate": 1}

    world.log_in(giver)
    assert "two" in giver.text.lower()
    world.assert_in_agreement()


def test_a_card_that_is_about_to_expire_is_told_of_on_two_days(world: Years) -> None:
    giver = HttpGiver()
    world.give(giver, MONTHLY)
    world.new_letters()
    world.control("cards", subscription=world.subscription()["id"], exp_month=6, exp_year=START.year)
    world.settle()
    expires_on = date(START.year, 6, 30)

    world.live_until(expires_on - timedelta(days=29))
    assert world.new_letters() == {"receipt": 4, "card_expiring": 1}
    world.live_until(expires_on - timedelta(days=6))
    assert world.new_letters() == {"card_expiring": 1}
    world.assert_in_agreement()


def test_a_browser_keeps_quiet_all_the_way(browser_giver: BrowserGiver, world: Years) -> None:
    """What the fixture checks at its end: nothing of a managed gift is refused by our own headers."""
    world.give(browser_giver, MONTHLY)
    world.log_in(browser_giver)
    for link in ("Change the amount", "Skip the next payment", "Cancel", "Update your card"):
        browser_giver.open(f"{world.base}/manage")
        browser_giver.follow(link)
