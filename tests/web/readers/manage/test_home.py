"""The first page says how each gift stands in plain words, and offers what can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.gifts import Frequency
from donations.models import Subscription, Supporter
from donations.models.database import reading, writing
from tests.factories import NOON, make_donation
from tests.web.readers.manage.conftest import GiveOf, OwnedGift, Owner

NEXT = NOON + timedelta(days=30)


@pytest.mark.parametrize(
    ("said", "words", "offers"),
    [
        ({}, "The next payment is on 22 December 2026.", {"amount", "frequency", "skip", "pause", "cancel"}),
        ({"status": "past_due"}, "Your last payment did not go through.", {"amount", "card", "cancel"}),
        (
            {"is_collection_paused": True, "resumes_at": NEXT + timedelta(days=20)},
            "One payment is left out. The next is on 22 January 2027.",
            {"amount", "resume", "cancel"},
        ),
        (
            {"is_collection_paused": True, "resumes_at": NEXT + timedelta(days=40)},
            "Nothing is charged for now. The next payment is on 22 February 2027.",
            {"amount", "resume", "cancel"},
        ),
        ({"is_collection_paused": True}, "Nothing is charged until you resume it.", {"resume", "cancel"}),
        ({"cancel_at": NEXT}, "It is cancelled, and nothing more is charged.", set()),
        ({"status": "canceled", "ended_at": NOON}, "Ended on 22 November 2026", set()),
    ],
)
def test_each_state_is_told_with_what_can_be_done(
    nina_in: Owner, gift: OwnedGift, said: dict[str, object], words: str, offers: set[str]
) -> None:
    gift.changes_at_stripe(**said)

    nina_in.opens("/manage")

    assert words in nina_in.words
    offered = {str(each["href"]).rpartition("/")[2] for each in nina_in.page.select(".gift a")}
    assert offers <= offered
    if not offers:
        assert "cancel" not in offered


def test_an_annual_gift_is_not_paused_by_months(nina_in: Owner, nina: Supporter, give: GiveOf) -> None:
    gift = give(nina, frequency=Frequency.ANNUAL)

    nina_in.opens("/manage")
    assert nina_in.page.find("a", href=gift.path("pause")) is None
    nina_in.opens(gift.path("pause"))

    assert nina_in.status == 409


def test_one_time_gifts_and_the_total_are_told(nina_in: Owner, nina: Supporter) -> None:
    with writing() as session:
        make_donation(session, nina, amount=5000, refunded_amount=1000)
        make_donation(session, nina, amount=2000, currency="usd", at=NOON - timedelta(days=400))

    nina_in.opens("/manage")

    assert "€50 (€10 refunded)" in nina_in.words
    assert "Since 18 October 2025 you have given €40, $20. Thank you." in nina_in.words


def test_somebody_who_never_finished_a_gift_is_offered_one(nina_in: Owner) -> None:
    nina_in.opens("/manage")

    assert "There is no gift with this address yet" in nina_in.words
    assert nina_in.page.find("a", string="Support The Moscow Times")["href"] == "/support"


@pytest.mark.parametrize(
    ("then", "page"),
    [("cancel", "cancel"), ("card", "card"), ("amount", "amount"), ("confirm", None), ("undo", None)],
)
def test_a_letters_link_leads_on_to_the_page_of_the_one_gift(
    nina_in: Owner, gift: OwnedGift, then: str, page: str | None
) -> None:
    nina_in.opens(f"/manage?then={then}")

    assert nina_in.goes_to == (gift.path(page) if page else "/manage")


def test_undo_leads_to_the_gift_that_ends(
    nina_in: Owner, nina: Supporter, gift: OwnedGift, give: GiveOf
) -> None:
    give(nina)
    gift.changes_at_stripe(cancel_at=NEXT)

    nina_in.opens("/manage?then=undo")

    assert nina_in.goes_to == gift.path("undo")


def test_a_reader_of_two_gifts_chooses_which(
    nina_in: Owner, nina: Supporter, gift: OwnedGift, give: GiveOf
) -> None:
    give(nina)

    nina_in.opens("/manage?then=cancel")

    assert nina_in.goes_to == "/manage"


def test_after_the_login_the_reader_is_where_the_letter_led(
    owner: Owner, nina: Supporter, gift: OwnedGift
) -> None:
    owner.asks(then="cancel")
    owner.enters(owner.token())
    owner.opens(owner.goes_to)

    assert owner.goes_to == gift.path("cancel")


def test_two_recurring_gifts_are_asked_about_until_both_are_meant(
    nina_in: Owner, nina: Supporter, gift: OwnedGift, give: GiveOf
) -> None:
    second = give(nina, amount=2500, at=NOON + timedelta(days=1))

    nina_in.opens("/manage")
    assert "You have two recurring gifts" in nina_in.words
    assert nina_in.page.find("a", href=second.path("cancel"))
    assert nina_in.page.find("a", href=gift.path("amount"))
    nina_in.sends(second.path("keep-both"))

    nina_in.opens("/manage")
    assert "You have two recurring gifts" not in nina_in.words
    with reading() as session:
        assert session.get_one(Subscription, second.subscription.id).kept_beside_others_at is not None


def test_a_gift_that_ends_is_no_second_one(
    nina_in: Owner, nina: Supporter, gift: OwnedGift, give: GiveOf
) -> None:
    give(nina)
    gift.changes_at_stripe(cancel_at=NEXT)

    nina_in.opens("/manage")

    assert "You have two recurring gifts" not in nina_in.words


@pytest.mark.parametrize("query", ["done=unknown", "done=%00", "card=unknown", "looks=-1", "looks=٣"])
def test_junk_in_the_address_is_ignored(nina_in: Owner, gift: OwnedGift, query: str) -> None:
    nina_in.opens(f"/manage?{query}")

    assert nina_in.status == 200
    assert "Stripe" not in nina_in.words


def test_while_a_change_is_confirmed_the_page_looks_again_by_itself_ever_less(
    nina_in: Owner, gift: OwnedGift
) -> None:
    nina_in.opens(gift.path("skip"))
    nina_in.sends(gift.path("skip"))
    place = nina_in.goes_to

    nina_in.opens(place)
    assert nina_in.answer is not None
    assert nina_in.answer.headers["Refresh"] == f"1; url={place}&looks=1"
    nina_in.opens(f"{place}&looks=8")

    assert "Refresh" not in nina_in.answer.headers
    assert "Check again" in nina_in.words
