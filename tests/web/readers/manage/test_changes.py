"""Each action is one call to Stripe, written down before it is made, and believed only when Stripe's
own copy of the gift says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.domain.written_calls import CallStatus
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.models import GiftChange, Supporter
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.web.readers.manage.conftest import GiveOf, OwnedGift, Owner, rows

NEXT = NOON + timedelta(days=30)
PRICE = {"currency": "eur", "product": "prod_1"}


def does(owner: Owner, gift: OwnedGift, page: str, **fields: str) -> None:
    """Open the page of an action, and send its form."""
    owner.opens(gift.path(page))
    owner.sends(gift.path(page), fields)


def says(owner: Owner) -> str:
    """The page that follows."""
    owner.opens(owner.goes_to)
    return owner.words


def test_another_amount_is_charged_from_the_next_charge_on(nina_in: Owner, gift: OwnedGift) -> None:
    does(nina_in, gift, "amount", amount="15")
    assert nina_in.status == 303
    assert "We are confirming this with Stripe." in says(nina_in)
    assert gift.row.amount == 1000

    gift.stripe_says(unit_amount=1500)
    gift.is_noticed()

    ((act, parameters),) = gift.acts
    assert act == f"change {gift.subscription.stripe_subscription_id}"
    assert parameters["proration_behavior"] == "none"
    assert parameters["items"][0]["price_data"] == PRICE | {
        "unit_amount": 1500,
        "recurring": {"interval": "month"},
    }
    nina_in.opens(str(nina_in.page.find("a", string="Check again")["href"]))
    assert "Your gift is now €15 every month." in nina_in.words
    assert "22 December 2026" in nina_in.words


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose an amount, or enter another amount"),
        ({"amount": "other", "other_amount": "1"}, "Enter an amount of €2 or more"),
        ({"amount": "other", "other_amount": "lots"}, "Enter an amount"),
        ({"amount": "other", "other_amount": "9999"}, "Enter an amount of €1,000 or less"),
    ],
)
def test_an_amount_that_we_do_not_take_is_mended(
    nina_in: Owner, gift: OwnedGift, fields: dict[str, str], sentence: str
) -> None:
    does(nina_in, gift, "amount", **fields)

    assert nina_in.status == 422
    assert sentence in nina_in.words
    assert rows(GiftChange) == []


def test_monthly_becomes_annual_from_the_next_date(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("frequency"))
    assert nina_in.page.find(id="amount")["value"] == "€120"
    does(nina_in, gift, "frequency", amount="100")

    ((_act, parameters),) = gift.acts
    assert parameters["trial_end"] == int(NEXT.timestamp())
    assert parameters["items"][0]["price_data"]["recurring"] == {"interval": "year"}
    gift.stripe_says(unit_amount=10000, interval="year", status="trialing")
    gift.is_noticed()
    assert "Your gift is now €100 every year." in says(nina_in)


def test_annual_becomes_monthly(nina_in: Owner, nina: Supporter, give: GiveOf) -> None:
    gift = give(nina, frequency=Frequency.ANNUAL, amount=10000)

    nina_in.opens(gift.path("frequency"))
    assert nina_in.page.find(id="amount")["value"] == "€8"
    does(nina_in, gift, "frequency", amount="8.50")

    assert gift.acts[0][1]["items"][0]["price_data"]["unit_amount"] == 850


def test_the_next_payment_is_skipped(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("skip"))
    assert "22 December 2026" in nina_in.words
    assert "22 January 2027" in nina_in.words
    does(nina_in, gift, "skip")

    until = datetime(2027, 1, 21, 12, tzinfo=UTC)
    ((_act, parameters),) = gift.acts
    assert parameters == {"pause_collection": {"behavior": "void", "resumes_at": int(until.timestamp())}}
    gift.stripe_says(is_collection_paused=True, resumes_at=until)
    gift.is_noticed()
    assert "Your next payment will be left out." in says(nina_in)
    assert "The next payment is on 22 January 2027." in nina_in.words


@pytest.mark.parametrize(
    ("months", "next_on"), [("1", "22 January"), ("2", "22 February"), ("3", "22 March")]
)
def test_a_gift_is_paused_and_goes_on_by_itself(
    nina_in: Owner, gift: OwnedGift, months: str, next_on: str
) -> None:
    does(nina_in, gift, "pause", months=months)

    resumes_at = gift.acts[0][1]["pause_collection"]["resumes_at"]
    gift.stripe_says(is_collection_paused=True, resumes_at=datetime.fromtimestamp(resumes_at, UTC))
    gift.is_noticed()
    assert f"The next payment is on {next_on} 2027." in says(nina_in)


def test_a_pause_must_have_a_length(nina_in: Owner, gift: OwnedGift) -> None:
    does(nina_in, gift, "pause", months="13")

    assert nina_in.status == 422
    assert "Choose how long to pause" in nina_in.words


def test_a_paused_gift_is_resumed(nina_in: Owner, gift: OwnedGift) -> None:
    gift.changes_at_stripe(is_collection_paused=True, resumes_at=NEXT + timedelta(days=50))

    does(nina_in, gift, "resume")

    assert gift.acts == [(f"change {gift.subscription.stripe_subscription_id}", {"pause_collection": ""})]
    gift.stripe_says(is_collection_paused=False, resumes_at=None)
    gift.is_noticed()
    assert "Your gift goes on." in says(nina_in)


def test_a_gift_is_cancelled_with_its_period_and_that_is_undone(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("cancel"))
    assert "Cancel my monthly donation" in nina_in.words
    does(nina_in, gift, "cancel", reason="needs_break")
    gift.stripe_says(cancels_at_period_end=True)
    gift.is_noticed()

    assert "It ends on 22 December 2026, and nothing more is charged." in says(nina_in)
    assert rows(GiftChange)[0].reason is CancelReason.NEEDS_BREAK
    nina_in.sends(gift.path("undo"))
    gift.stripe_says(cancels_at_period_end=False)
    gift.is_noticed()
    assert "Your gift goes on as before." in says(nina_in)
    assert [parameters for _act, parameters in gift.acts] == [
        {"cancel_at_period_end": True},
        {"cancel_at_period_end": False},
    ]


def test_an_end_that_was_set_by_date_is_undone_by_date(nina_in: Owner, gift: OwnedGift) -> None:
    gift.changes_at_stripe(cancel_at=NEXT)

    does(nina_in, gift, "undo")

    assert gift.acts[0][1] == {"cancel_at": ""}


def test_cancelling_while_a_payment_is_owed_ends_the_gift_at_once(nina_in: Owner, gift: OwnedGift) -> None:
    gift.changes_at_stripe(status="past_due")

    does(nina_in, gift, "cancel", reason="junk")

    assert gift.acts == [(f"end {gift.subscription.stripe_subscription_id}", {})]
    gift.stripe_says(status="canceled", canceled_at=NOON, ended_at=NOON)
    gift.is_noticed()
    assert "Your gift is cancelled, and nothing more is charged." in says(nina_in)


def test_a_change_is_written_down_before_it_is_made(
    nina_in: Owner, gift: OwnedGift, gateway: FakeGateway
) -> None:
    class Killed(BaseException):
        pass

    gateway.raising.append(Killed())  # type: ignore[arg-type]
    with pytest.raises(Killed):
        does(nina_in, gift, "cancel")

    (change,) = rows(GiftChange)
    assert (change.kind, change.status) == (ChangeKind.CANCEL, CallStatus.ASKING)
    assert gateway.acts == {}


def test_the_same_form_again_makes_one_change_and_leads_to_the_same_page(
    nina_in: Owner, gift: OwnedGift
) -> None:
    nina_in.opens(gift.path("amount"))
    form = nina_in.answer

    places = []
    for _ in range(3):
        nina_in.answer = form
        nina_in.sends(gift.path("amount"), {"amount": "15"})
        places.append(nina_in.goes_to)

    assert len(set(places)) == 1
    assert len(gift.acts) == len(rows(GiftChange)) == 1


def test_the_same_form_after_the_change_was_applied_still_says_what_happened(
    nina_in: Owner, gift: OwnedGift
) -> None:
    nina_in.opens(gift.path("amount"))
    form = nina_in.answer
    nina_in.sends(gift.path("amount"), {"amount": "15"})
    gift.stripe_says(unit_amount=1500)
    gift.is_noticed()

    nina_in.answer = form
    nina_in.sends(gift.path("amount"), {"amount": "15"})

    assert "Your gift is now €15 every month." in says(nina_in)
    assert len(gift.acts) == 1


def test_a_second_tab_is_told_that_the_gift_changed(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("pause"))
    gift.changes_at_stripe(unit_amount=2000)

    nina_in.sends(gift.path("pause"), {"months": "1"})

    assert nina_in.status == 409
    assert "Your gift has changed in the meantime" in nina_in.words
    assert "€20 every month" in nina_in.words
    assert gift.acts == []


def test_a_renewal_in_between_counts_as_a_change(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("skip"))
    gift.changes_at_stripe(current_period_ends_at=NEXT + timedelta(days=31))

    nina_in.sends(gift.path("skip"))

    assert nina_in.status == 409
    assert gift.acts == []


def test_while_a_change_is_not_settled_another_waits_but_an_end_never_does(
    nina_in: Owner, gift: OwnedGift
) -> None:
    does(nina_in, gift, "amount", amount="15")
    does(nina_in, gift, "skip")

    assert nina_in.status == 409
    assert "Your last change is still being confirmed" in nina_in.words
    does(nina_in, gift, "cancel")
    assert nina_in.status == 303
    assert len(gift.acts) == 2


@pytest.mark.parametrize(
    ("page", "fields", "already"),
    [
        ("amount", {"amount": "10"}, {}),
        ("resume", {}, {"is_collection_paused": False}),
        ("pause", {"months": "1"}, {"is_collection_paused": True, "resumes_at": NEXT + timedelta(days=9)}),
        ("cancel", {}, {"cancel_at": NEXT}),
        ("undo", {}, {"cancel_at": None}),
    ],
)
def test_what_is_so_already_is_said(
    nina_in: Owner, gift: OwnedGift, page: str, fields: dict[str, str], already: dict[str, object]
) -> None:
    opposite: dict[str, dict[str, object]] = {
        "resume": {"is_collection_paused": True, "resumes_at": NEXT + timedelta(days=9)},
        "undo": {"cancel_at": NEXT},
    }
    gift.changes_at_stripe(**opposite.get(page, {}))
    nina_in.opens(gift.path(page))
    form = nina_in.answer
    gift.changes_at_stripe(**already)
    nina_in.answer = form

    nina_in.sends(gift.path(page), fields)

    assert nina_in.status == 200
    assert "It is so already" in nina_in.words
    assert gift.acts == []


def test_an_ended_gift_cannot_be_changed(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("amount"))
    form = nina_in.answer
    gift.changes_at_stripe(status="canceled", canceled_at=NOON, ended_at=NOON)

    nina_in.answer = form
    nina_in.sends(gift.path("amount"), {"amount": "15"})

    assert nina_in.status == 409
    assert gift.row.standing is Standing.CANCELED
    assert gift.acts == []


def test_what_stripe_refuses_changes_nothing_and_is_said(
    nina_in: Owner, gift: OwnedGift, gateway: FakeGateway
) -> None:
    gateway.raising.append(StripeRefused(status=400, code="resource_missing"))

    does(nina_in, gift, "skip")

    assert "Nothing was changed." in says(nina_in)
    (change,) = rows(GiftChange)
    assert change.status is CallStatus.REFUSED
    assert "resource_missing" in change.problem


@pytest.mark.parametrize(
    ("was_answered", "status", "sentence"),
    [
        (True, CallStatus.REFUSED, "Nothing was changed."),
        (False, CallStatus.ASKING, "We could not hear from our payment provider."),
    ],
)
def test_stripe_down_and_stripe_silent_are_told_apart(
    nina_in: Owner,
    gift: OwnedGift,
    gateway: FakeGateway,
    was_answered: bool,
    status: CallStatus,
    sentence: str,
) -> None:
    gateway.raising.append(StripeUnavailable(was_answered=was_answered))

    does(nina_in, gift, "skip")

    assert sentence in says(nina_in)
    assert rows(GiftChange)[0].status is status


def test_a_gift_from_before_we_kept_what_a_change_names_is_looked_at_first(
    nina_in: Owner, nina: Supporter, give: GiveOf
) -> None:
    gift = give(nina)
    with_nothing = {"stripe_item_id": None, "stripe_product_id": None}
    gift.lacks(**with_nothing)

    does(nina_in, gift, "amount", amount="15")
    assert nina_in.status == 409
    gift.is_noticed()
    does(nina_in, gift, "amount", amount="15")

    assert nina_in.status == 303


@pytest.mark.parametrize("nonce", ["", "made up"])
def test_a_form_that_is_not_of_this_login_changes_nothing(
    nina_in: Owner, gift: OwnedGift, nonce: str
) -> None:
    does(nina_in, gift, "cancel", nonce=nonce)

    assert nina_in.status == 400
    assert "Nothing was changed." in nina_in.words
    assert gift.acts == []


def test_a_page_of_another_site_changes_nothing(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("cancel"))

    nina_in.sends(gift.path("cancel"), headers={"Sec-Fetch-Site": "cross-site"})

    assert nina_in.status == 403
    assert gift.acts == []
