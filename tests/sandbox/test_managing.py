"""What a site asks of Stripe so that a reader can manage a gift: each call, and what it leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY, keep_card
from tests.sandbox.portal_visit import PortalVisit
from tests.sandbox.reading_events import Listener


def read(desk: Desk, subscription: str, *expand: str) -> Any:
    return desk.stripe.v1.subscriptions.retrieve(subscription, {"expand": list(expand)})


def update(desk: Desk, subscription: str, **given: Any) -> Any:
    return desk.stripe.v1.subscriptions.update(subscription, given)  # pyright: ignore[reportArgumentType]


def test_a_pause_is_taken_back_before_it_would_end(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)
    end = read(desk, subscription)["items"].data[0].current_period_end
    paused = update(desk, subscription, pause_collection={"behavior": "void", "resumes_at": end + 20 * DAY})

    going_on = update(desk, subscription, pause_collection="")
    desk.control("clock", to=end + DAY)

    assert (paused.pause_collection.behavior, paused.pause_collection.resumes_at) == ("void", end + 20 * DAY)
    assert going_on.pause_collection is None
    assert read(desk, subscription, "latest_invoice").latest_invoice.amount_paid == 1000


def test_an_end_is_taken_back_however_it_was_set(desk: Desk) -> None:
    session = desk.subscribe()
    subscription, customer = str(session.subscription), str(session.customer)

    flagged = update(desk, subscription, cancel_at_period_end=True)
    kept = update(desk, subscription, cancel_at_period_end=False)
    PortalVisit.open(desk, customer).cancel(subscription, "period_end", feedback="unused")
    dated = read(desk, subscription)
    kept_again = update(desk, subscription, cancel_at="")

    end = flagged["items"].data[0].current_period_end
    assert (flagged.cancel_at_period_end, flagged.cancel_at) == (True, end)
    assert (dated.cancel_at_period_end, dated.cancel_at) == (False, end)
    for each in (kept, kept_again):
        assert (each.cancel_at_period_end, each.cancel_at, each.canceled_at) == (False, None, None)
        assert each.cancellation_details.reason is None
    desk.control("clock", to=end + 3700)
    assert read(desk, subscription).status == "active"


def test_why_somebody_leaves_is_kept_with_the_end_and_after_it_was_set(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)

    with_the_end = update(
        desk, subscription, cancel_at_period_end=True, cancellation_details={"feedback": "too_expensive"}
    )
    later = update(desk, subscription, cancellation_details={"comment": "The rent"})

    assert with_the_end.cancellation_details.feedback == "too_expensive"
    details = later.cancellation_details
    assert (details.comment, details.feedback, details.reason) == (
        "The rent", "too_expensive", "cancellation_requested",
    )  # fmt: skip


def test_only_a_card_that_the_customer_keeps_becomes_the_one_that_pays(desk: Desk) -> None:
    session, other = desk.subscribe(cards.FAILS_LATER), desk.subscribe()
    subscription, listener = str(session.subscription), Listener(desk)
    kept = keep_card(desk, str(session.customer), "pm_card_mastercard")
    anothers = read(desk, str(other.subscription)).default_payment_method

    changed = update(desk, subscription, default_payment_method=kept)
    with pytest.raises(stripe.InvalidRequestError):
        update(desk, subscription, default_payment_method=anothers)

    assert changed.default_payment_method == kept
    assert listener.types()[-1] == "customer.subscription.updated"
    desk.control("renew", subscription=subscription)
    assert read(desk, subscription).status == "active"


def test_a_deleted_customers_gifts_end_at_once_and_nothing_is_asked_for(desk: Desk) -> None:
    session = desk.subscribe()
    running, behind = str(session.subscription), desk.subscribe(cards.FAILS_LATER, customer=session.customer)
    desk.control("renew", subscription=behind.subscription)
    listener = Listener(desk)

    deleted = desk.stripe.v1.customers.delete(str(session.customer))
    desk.control("clock", days=70)

    assert deleted.deleted is True
    told = listener.types()
    let_go = ["payment_method.detached"] * 2
    ended = ["customer.subscription.deleted"] * 2
    assert sorted(told) == ["customer.deleted", *ended, "invoice.updated", *let_go]
    for each in (running, str(behind.subscription)):
        gift = read(desk, each, "customer.invoice_settings.default_payment_method")
        assert (gift.status, gift.customer.deleted) == ("canceled", True)


def test_the_card_that_pays_is_seen_from_the_subscription(desk: Desk) -> None:
    session = desk.subscribe()
    keep_card(desk, str(session.customer), "pm_card_mastercard")

    seen = read(
        desk,
        str(session.subscription),
        "default_payment_method",
        "customer.invoice_settings.default_payment_method",
    )

    own, general = seen.default_payment_method, seen.customer.invoice_settings.default_payment_method
    assert (own.card.last4, own.card.exp_month, own.card.exp_year) == ("4242", 12, 2034)
    assert general.card.last4 == "4444"


def test_a_payment_is_read_with_its_invoices_periods_and_its_intent(desk: Desk) -> None:
    session = desk.subscribe()
    item = read(desk, str(session.subscription))["items"].data[0]
    expand: Any = ["data.invoice", "data.payment.payment_intent"]

    (payment,) = desk.stripe.v1.invoice_payments.list({"invoice": str(session.invoice), "expand": expand})

    intent: Any = payment.payment.payment_intent
    (line,) = payment.invoice.lines.data  # pyright: ignore[reportAttributeAccessIssue]
    assert (line.period.start, line.period.end) == (item.current_period_start, item.current_period_end)
    assert (intent.status, intent.amount_received) == ("succeeded", 1000)


@pytest.mark.parametrize("locale", ["auto", "en", "ru", "nl"])
def test_a_link_in_the_readers_language_leads_to_the_card_and_back(desk: Desk, locale: str) -> None:
    session = desk.subscribe()
    back = "http://127.0.0.1:9/manage"
    flow = {
        "type": "payment_method_update",
        "after_completion": {"type": "redirect", "redirect": {"return_url": back + "?updated"}},
    }

    link = desk.stripe.v1.billing_portal.sessions.create(
        {
            "customer": str(session.customer),
            "flow_data": flow,  # pyright: ignore[reportArgumentType]
            "locale": locale,  # pyright: ignore[reportArgumentType]
            "return_url": back,
        }
    )
    visit = PortalVisit(desk, link.url)

    assert (link.locale, link.return_url, link.flow.type) == (locale, back, "payment_method_update")  # pyright: ignore[reportOptionalMemberAccess]
    assert visit.see().url.endswith("/card")
    assert visit.change_card("5555 5555 5555 4444").headers["Location"] == back + "?updated"
    assert read(
        desk, str(session.subscription), "default_payment_method"
    ).default_payment_method.card.last4 == ("4444")


def test_a_card_changed_in_the_portal_pays_what_is_open_at_the_next_retry(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    subscription = str(session.subscription)
    desk.control("clock", to_next_renewal=True)
    visit, listener = PortalVisit.open(desk, str(session.customer)), Listener(desk)

    visit.change_card(cards.PAYS)

    # Stripe's documentation: a new card is not charged for what is open before the next retry.
    assert "charge.succeeded" not in listener.types()
    assert read(desk, subscription).status == "past_due"
    desk.control("clock", days=3)
    assert "charge.succeeded" in listener.types()
    assert read(desk, subscription).status == "active"


def test_a_card_changed_in_the_portal_pays_what_is_open_when_it_is_asked_for(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    subscription = str(session.subscription)
    desk.control("clock", to_next_renewal=True)
    PortalVisit.open(desk, str(session.customer)).change_card(cards.PAYS)

    paid = desk.stripe.v1.invoices.pay(read(desk, subscription).latest_invoice)

    assert (paid.status, read(desk, subscription).status) == ("paid", "active")


@pytest.mark.parametrize("of", ["subscription", "customer", "payment_method"])
def test_a_cards_network_may_say_that_it_expires(desk: Desk, of: str) -> None:
    session = desk.subscribe()
    subscription = read(desk, str(session.subscription))
    named = {
        "subscription": subscription.id,
        "customer": subscription.customer,
        "payment_method": subscription.default_payment_method,
    }
    listener = Listener(desk)

    answer = desk.control("cards", exp_month=3, exp_year=2027, **{of: named[of]})

    method = subscription.default_payment_method
    assert answer == {"payment_methods": [method], "exp_month": 3, "exp_year": 2027}
    assert listener.types() == ["payment_method.automatically_updated"]
    card = desk.stripe.v1.payment_methods.retrieve(method).card
    assert card is not None
    assert (card.exp_month, card.exp_year, card.last4) == (3, 2027, "4242")
    (event,) = desk.stripe.v1.events.list({"limit": 1}).data
    assert event.data.previous_attributes.to_dict() == {"card": {"exp_month": 12, "exp_year": 2034}}
    assert event.data.object["customer"] == subscription.customer


def test_an_expiry_given_by_the_api_is_told_as_the_sites_own_change(desk: Desk) -> None:
    subscription = read(desk, str(desk.subscribe().subscription))
    listener = Listener(desk)

    desk.stripe.v1.payment_methods.update(
        subscription.default_payment_method, {"card": {"exp_month": 1, "exp_year": 2030}}
    )

    assert listener.types() == ["payment_method.updated"]


@pytest.mark.parametrize("given", [{"exp_month": 13, "exp_year": 2030}, {"exp_month": "May"}, {}])
def test_an_expiry_that_cannot_be_is_refused(desk: Desk, given: dict[str, Any]) -> None:
    subscription = desk.subscribe().subscription

    answer = desk.http.post(
        f"{desk.server.base_url}/_sandbox/cards", json={"subscription": subscription, **given}
    )

    assert answer.status_code == 400


def test_what_was_paid_by_other_means_is_said_to_be_outside_stripe(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    desk.control("clock", to_next_renewal=True)
    invoice = read(desk, str(session.subscription)).latest_invoice

    paid = desk.stripe.v1.invoices.pay(invoice, {"paid_out_of_band": True})

    assert (paid.status, paid.amount_paid, paid.amount_paid_off_stripe) == ("paid", 1000, 1000)
    assert read(desk, str(session.subscription)).status == "active"
