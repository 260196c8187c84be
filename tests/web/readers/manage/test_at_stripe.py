"""Cards and confirmations are Stripe's: a button leads there, with a login or by a letter's short way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from donations import runtime
from donations.gateway.errors import StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.models import StripeObject, Subscription, Supporter
from donations.models.database import writing
from donations.services import gift_tokens
from donations.services.gift_tokens import ShortWay
from tests.fakes import FakeGateway
from tests.web.readers.manage.conftest import Clock, OwnedGift, Owner, rows


def token(gift: OwnedGift, way: ShortWay) -> str:
    running = runtime.current()
    return gift_tokens.sign(running.config.secret_key, way, gift.subscription.id, running.now())


def owes(gift: OwnedGift) -> None:
    """A payment of it waits for the reader's bank."""
    gift.changes_at_stripe(status="past_due")
    with writing() as session:
        row = session.get_one(Subscription, gift.subscription.id)
        row.failing_invoice_id = "in_1"
        row.failing_since = row.confirmation_asked_at = runtime.current().now()


def looked_at(gift: OwnedGift) -> int:
    """How often there was reason to look at the gift."""
    return sum(
        each.generation
        for each in rows(StripeObject)
        if (each.kind, each.stripe_id) == (ObjectKind.SUBSCRIPTION, gift.subscription.stripe_subscription_id)
    )


def test_a_card_is_changed_at_stripe_and_the_gift_is_looked_at_afterwards(
    nina_in: Owner, gift: OwnedGift
) -> None:
    nina_in.opens(gift.path("card"))
    nina_in.sends(gift.path("card"))

    assert nina_in.status == 303
    assert nina_in.goes_to == f"https://billing.stripe.com/p/session/{gift.subscription.stripe_customer_id}"
    nina_in.opens(gift.path("card/done"))
    assert looked_at(gift) == 1
    nina_in.opens(nina_in.goes_to)
    assert "your next payment is taken from it" in nina_in.words


def test_looking_at_the_card_page_asks_stripe_nothing(
    nina_in: Owner, gift: OwnedGift, gateway: FakeGateway
) -> None:
    nina_in.opens(gift.path("card"))

    assert gateway.calls == 0


def test_a_payment_that_waits_is_confirmed_at_stripe(nina_in: Owner, gift: OwnedGift) -> None:
    owes(gift)
    nina_in.opens("/manage")
    assert nina_in.page.find("a", href=gift.path("confirm"))
    nina_in.opens(gift.path("confirm"))

    nina_in.sends(gift.path("confirm"))

    assert nina_in.page.find("a", href="https://invoice.stripe.com/i/in_1")


def test_where_nothing_waits_that_is_said(nina_in: Owner, gift: OwnedGift) -> None:
    nina_in.opens(gift.path("confirm"))

    nina_in.sends(gift.path("confirm"))

    assert "There is nothing to confirm" in nina_in.words
    assert looked_at(gift) == 1


@pytest.mark.parametrize("page", ["card", "confirm"])
def test_stripe_down_is_said(nina_in: Owner, gift: OwnedGift, gateway: FakeGateway, page: str) -> None:
    owes(gift)
    nina_in.opens(gift.path(page))
    gateway.raising.append(StripeUnavailable(was_answered=False))

    nina_in.sends(gift.path(page))

    assert nina_in.status == 503
    assert "We could not reach our payment provider" in nina_in.words


def test_a_letters_short_way_leads_to_the_card_page_without_a_login(
    owner: Owner, nina: Supporter, gift: OwnedGift
) -> None:
    path = f"/manage/card/{token(gift, ShortWay.CARD)}"

    owner.opens(path)
    assert "€10" not in owner.words
    owner.sends(path)

    assert owner.goes_to.startswith("https://billing.stripe.com/")
    owner.opens(f"{path}/done")
    assert "Thank you" in owner.words
    assert looked_at(gift) == 1
    assert owner.client.get("/manage/data").status_code == 303


def test_a_letters_short_way_leads_to_the_payment_to_confirm(
    owner: Owner, nina: Supporter, gift: OwnedGift
) -> None:
    owes(gift)
    path = f"/manage/confirm/{token(gift, ShortWay.CONFIRM)}"

    owner.opens(path)
    owner.sends(path)

    assert owner.page.find("a", href="https://invoice.stripe.com/i/in_1")


def test_a_mail_scanner_that_looks_at_a_short_way_asks_stripe_nothing(
    owner: Owner, gift: OwnedGift, gateway: FakeGateway
) -> None:
    for way in ShortWay:
        owner.opens(f"/manage/{way}/{token(gift, way)}")
        assert owner.status == 200

    assert gateway.calls == 0


def test_a_short_way_is_for_its_purpose_and_a_month(owner: Owner, gift: OwnedGift, clock: Clock) -> None:
    card, confirm = token(gift, ShortWay.CARD), token(gift, ShortWay.CONFIRM)

    for path in (f"card/{confirm}", f"confirm/{card}", "card/unknown", f"card/{card}x", "card/%00"):
        assert owner.client.get(f"/manage/{path}").status_code == 410, path
    clock.forward(timedelta(days=30, seconds=1))
    assert owner.client.get(f"/manage/card/{card}").status_code == 410


def test_a_short_way_to_a_gift_that_ended_leads_nowhere(owner: Owner, gift: OwnedGift) -> None:
    path = f"/manage/card/{token(gift, ShortWay.CARD)}"
    owner.opens(path)
    form = owner.answer
    gift.changes_at_stripe(status="canceled", ended_at=runtime.current().now())

    owner.answer = form
    owner.sends(path)

    assert owner.status == 410


def test_a_short_way_cannot_be_used_without_end(owner: Owner, gift: OwnedGift) -> None:
    path = f"/manage/card/{token(gift, ShortWay.CARD)}"
    owner.opens(path)
    form = owner.answer

    statuses = []
    for _ in range(21):
        owner.answer = form
        statuses.append(owner.sends(path).status_code)

    assert statuses == [303] * 20 + [429]


def test_the_button_of_another_site_leads_nowhere(
    app: Flask, owner: Owner, gift: OwnedGift, gateway: FakeGateway
) -> None:
    path = f"/manage/card/{token(gift, ShortWay.CARD)}"
    owner.opens(path)

    owner.sends(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert owner.status == 403
    assert gateway.calls == 0
