"""The whole way: the article, the form, Stripe's page, thanks, and what staff and the dump then say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.journeys.givers import CHALLENGED, DECLINED, NO_FUNDS, SEPA_SETTLES, Giver, HttpGiver, card
from tests.journeys.stack import Stack, eventually
from tests.journeys.truth import agrees

_numbers = count(1)
CONFIRMING = "Your bank is confirming your gift."


@dataclass(frozen=True)
class Gift:
    link: str
    frequency: str
    currency: str
    choices: dict[str, str]
    amount: int
    """What must be charged, in minor units."""
    words: str
    """What the thank-you page says was given."""

    def __str__(self) -> str:
        return f"{self.frequency}-{self.currency}-{self.amount}"


GIFTS = [
    Gift("Give once", "once", "eur", {}, 5000, "€50"),
    Gift("Give monthly", "monthly", "eur", {}, 1000, "€10 every month"),
    Gift("Give annually", "annual", "eur", {"amount_annual": "150"}, 15000, "€150 every year"),
    Gift("Give once", "once", "usd", {"amount_once": "250"}, 25000, "$250"),
    Gift("Give monthly", "monthly", "gbp", {"amount_monthly": "25"}, 2500, "£25 every month"),
    Gift("Give once", "once", "eur", {"amount_once": "other", "other_amount": "€ 12.34"}, 1234, "€12.34"),
    Gift("Give monthly", "monthly", "eur", {"cover_fees": "on"}, 1041, "€10.41"),
]


def fresh_email() -> str:
    return f"reader{next(_numbers)}@example.com"


def to_stripe(giver: Giver, stack: Stack, gift: Gift, email: str) -> None:
    """From the article to Stripe's page."""
    giver.open(f"{stack.base}/")
    giver.follow(gift.link)
    if gift.currency != "eur":
        giver.follow(gift.currency.upper())
    giver.fill_in({"frequency": gift.frequency, "email": email, "name": "Nina Petrova"} | gift.choices)
    giver.submit()
    assert giver.url.startswith(f"{stack.sandbox}/c/pay/cs_test_"), giver.text


def thanked(giver: Giver) -> str:
    """The thank-you page once it says that the gift was received."""

    def received() -> str | None:
        if "Thank you" in giver.text and "Reference" in giver.text:
            return giver.text
        giver.look_again()
        return None

    return eventually(received, "thanks")


def succeeded(stack: Stack, reference: str) -> list[dict[str, object]]:
    """The payments that Stripe took for a checkout of ours."""
    objects = stack.state()["objects"]
    session = next(s for s in objects["checkout.session"] if s["client_reference_id"] == reference)
    if session["mode"] == "payment":
        wanted = {session["payment_intent"]}
    else:
        invoices = {
            each["id"]
            for each in objects.get("invoice", [])
            if each["parent"]["subscription_details"]["subscription"] == session["subscription"]
        }
        wanted = {
            each["payment"]["payment_intent"]
            for each in objects.get("invoice_payment", [])
            if each["invoice"] in invoices
        }
    return [p for p in objects.get("payment_intent", []) if p["id"] in wanted and p["status"] == "succeeded"]


def reference_in(url: str) -> str:
    found = re.search(r"/support/thanks/([\w-]+)", url)
    assert found is not None, url
    return found[1]


def assert_agreed(stack: Stack) -> None:
    """Our canonical state is Stripe's, field by field."""

    eventually(lambda: agrees(stack.dump(), stack.state()), "agreement with Stripe")


@pytest.mark.parametrize("gift", GIFTS, ids=str)
def test_a_reader_gives_and_is_thanked(giver: Giver, stack: Stack, gift: Gift) -> None:
    to_stripe(giver, stack, gift, fresh_email())

    giver.pay(**card())

    page = thanked(giver)
    assert gift.words in page
    reference = reference_in(giver.url)
    (payment,) = succeeded(stack, reference)
    assert (payment["amount_received"], payment["currency"]) == (gift.amount, gift.currency)
    assert_agreed(stack)


@pytest.mark.parametrize("number", [DECLINED, NO_FUNDS])
def test_a_declined_card_charges_nothing_and_another_one_pays_once(
    giver: Giver, stack: Stack, number: str
) -> None:
    to_stripe(giver, stack, GIFTS[1], fresh_email())

    giver.pay(**card(number))
    assert giver.url.startswith(stack.sandbox)
    giver.pay(**card())

    thanked(giver)
    assert len(succeeded(stack, reference_in(giver.url))) == 1
    assert_agreed(stack)


def test_a_card_that_its_bank_challenges_pays_after_the_challenge(giver: Giver, stack: Stack) -> None:
    to_stripe(giver, stack, GIFTS[0], fresh_email())

    giver.pay(**card(CHALLENGED))
    giver.confirm()

    thanked(giver)
    assert len(succeeded(stack, reference_in(giver.url))) == 1
    assert_agreed(stack)


def test_who_leaves_stripe_has_not_been_charged_and_can_carry_on(giver: Giver, stack: Stack) -> None:
    to_stripe(giver, stack, GIFTS[2], fresh_email())

    giver.leave_stripe()

    assert giver.url.startswith(f"{stack.base}/support?")
    assert "You have not been charged. Carry on where you left off." in giver.text
    giver.follow("Carry on")
    giver.pay(**card())
    assert GIFTS[2].words in thanked(giver)


def test_who_comes_to_the_thanks_page_without_paying_is_told_so(giver: Giver, stack: Stack) -> None:
    to_stripe(giver, stack, GIFTS[0], fresh_email())
    (session,) = (s for s in stack.state()["objects"]["checkout.session"] if s["id"] in giver.url)

    giver.open(session["success_url"])

    def told() -> bool | None:
        if "You have not been charged" in giver.text:
            return True
        assert "Thank you" not in giver.text
        giver.look_again()
        return None

    eventually(told, "not paid")


def test_a_debit_is_on_its_way_until_the_bank_has_confirmed_it(giver: Giver, stack: Stack) -> None:
    to_stripe(giver, stack, GIFTS[0], fresh_email())
    session_id = giver.url.rsplit("/", 1)[-1]

    giver.pay(iban=SEPA_SETTLES)
    eventually(lambda: CONFIRMING in giver.text or giver.look_again(), "on its way")
    sessions = stack.state()["objects"]["checkout.session"]
    intent = next(s["payment_intent"] for s in sessions if s["id"] == session_id)
    stack.control("debits", payment_intent=intent)

    thanked(giver)
    assert_agreed(stack)


def test_everything_holds_on_postgresql_too(postgres_stack: Stack) -> None:
    for gift in (GIFTS[0], GIFTS[6]):
        reader = HttpGiver()
        to_stripe(reader, postgres_stack, gift, fresh_email())
        reader.pay(**card())
        assert gift.words in thanked(reader)

    assert_agreed(postgres_stack)


def test_a_queue_in_redis_wakes_the_worker(redis_stack: Stack) -> None:
    reader = HttpGiver()
    to_stripe(reader, redis_stack, GIFTS[0], fresh_email())
    reader.pay(**card())

    assert GIFTS[0].words in thanked(reader)
    assert_agreed(redis_stack)


def test_thin_events_are_enough(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "instance", {"SANDBOX_THIN": "1"}).start()
    try:
        for gift in (GIFTS[0], GIFTS[1]):
            reader = HttpGiver()
            to_stripe(reader, stack, gift, fresh_email())
            reader.pay(**card())
            thanked(reader)
        assert_agreed(stack)
        assert "evt_" in stack.command("stripe", "events")
    finally:
        stack.stop()


def test_staff_find_the_supporter_and_the_money(giver: Giver, stack: Stack) -> None:
    email = fresh_email()
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[1], email)
    reader.pay(**card())
    thanked(reader)
    staff = HttpGiver()

    staff.open(f"{stack.base}/staff")
    staff.fill_in({"email": "staff@example.com", "password": stack.staff_password})
    staff.submit()
    assert "Active recurring supporters" in staff.text
    staff.open(f"{stack.base}/staff/supporters")
    staff.fill_in({"email": email})
    staff.submit()

    assert "r***@example.com" in staff.text
    assert "€10" in staff.text
    assert email not in staff.text
