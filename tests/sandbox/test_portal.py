"""The portal: a reader cancels, thinks again and changes the card, and comes back where the link says."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from bs4 import BeautifulSoup

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.portal_visit import PortalVisit

RETURN_URL = "http://127.0.0.1:9/manage"
UPDATED_URL = "http://127.0.0.1:9/updated"
UPDATE_CARD: Any = {
    "type": "payment_method_update",
    "after_completion": {"type": "redirect", "redirect": {"return_url": UPDATED_URL}},
}


def visit_of(desk: Desk, session: stripe.checkout.Session, **given: Any) -> PortalVisit:
    return PortalVisit.open(desk, str(session.customer), return_url=RETURN_URL, **given)


def subscription_of(desk: Desk, session: stripe.checkout.Session) -> stripe.Subscription:
    return desk.stripe.v1.subscriptions.retrieve(str(session.subscription))


def text_of(visit: PortalVisit, path: str = "") -> str:
    return " ".join(BeautifulSoup(visit.see(path).text, "html.parser").get_text(" ").split())


def test_the_page_shows_what_runs_the_card_and_the_way_back(desk: Desk) -> None:
    visit = visit_of(desk, desk.subscribe(amount=1500))

    page = BeautifulSoup(visit.see().text, "html.parser")

    assert "Test mode" in page.get_text()
    assert page.find("a", class_="back")["href"] == RETURN_URL
    assert "€15.00 every month" in text_of(visit)
    assert "visa card that ends in 4242 (12/2034)" in text_of(visit)
    assert page.find("script") is None


def test_canceling_sets_the_date_and_leaves_the_flag_down(desk: Desk) -> None:
    session = desk.subscribe()
    visit = visit_of(desk, session)
    happened = len(desk.event_types())

    answer = visit.cancel(str(session.subscription), "period_end", feedback="too_expensive", comment="Rent")

    after = subscription_of(desk, session)
    assert answer.headers["Location"].endswith(visit.url.rpartition("/p/")[2])
    assert after.cancel_at == after["items"].data[0].current_period_end
    assert (after.cancel_at_period_end, after.status) == (False, "active")
    details = after.cancellation_details
    assert details is not None
    assert (details.reason, details.feedback, details.comment) == (
        "cancellation_requested", "too_expensive", "Rent",
    )  # fmt: skip
    assert desk.event_types(happened) == ["customer.subscription.updated"]
    assert "Ends on" in text_of(visit)


def test_a_canceled_gift_ends_with_its_period(desk: Desk) -> None:
    session = desk.subscribe()
    visit_of(desk, session).cancel(str(session.subscription), "period_end")

    desk.control("clock", seconds=32 * 86400)

    assert subscription_of(desk, session).status == "canceled"
    assert desk.event_types()[-1] == "customer.subscription.deleted"


def test_canceling_twice_says_it_once(desk: Desk) -> None:
    session = desk.subscribe()
    visit = visit_of(desk, session)
    visit.cancel(str(session.subscription), "period_end")
    happened = desk.event_types()

    visit.cancel(str(session.subscription), "period_end")

    assert desk.event_types() == happened


def test_thinking_again_takes_it_all_back(desk: Desk) -> None:
    session = desk.subscribe()
    before = subscription_of(desk, session)
    visit = visit_of(desk, session)
    visit.cancel(str(session.subscription), "period_end", feedback="unused")

    visit.renew(str(session.subscription))

    assert subscription_of(desk, session).to_dict() == before.to_dict()


def test_canceling_now_ends_it_at_once(desk: Desk) -> None:
    session = desk.subscribe()
    visit = visit_of(desk, session)
    happened = len(desk.event_types())

    visit.cancel(str(session.subscription), "now")

    assert subscription_of(desk, session).status == "canceled"
    assert desk.event_types(happened) == ["customer.subscription.deleted"]
    assert "Nothing is running" in text_of(visit)


def test_a_new_card_pays_from_the_next_renewal_on(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    visit = visit_of(desk, session)
    happened = len(desk.event_types())

    visit.change_card("5555 5555 5555 4444")

    assert desk.event_types(happened) == [
        "setup_intent.created", "setup_intent.succeeded", "payment_method.attached", "customer.updated",
        "customer.subscription.updated",
    ]  # fmt: skip
    desk.control("renew", subscription=session.subscription)
    assert subscription_of(desk, session).status == "active"
    charge = desk.stripe.v1.charges.list().data[0]
    assert charge.payment_method_details.card.last4 == "4444"


def test_a_deep_link_leads_to_the_card_and_back_where_its_maker_said(desk: Desk) -> None:
    visit = visit_of(desk, desk.subscribe(), flow_data=UPDATE_CARD)

    landed = visit.see()
    answer = visit.change_card(cards.PAYS)

    assert landed.url.endswith("/card")
    assert (answer.status_code, answer.headers["Location"]) == (303, UPDATED_URL)
    assert "http://127.0.0.1:9;" in landed.headers["Content-Security-Policy"]


def test_a_deep_link_leads_to_the_cancellation_and_confirms_it(desk: Desk) -> None:
    session = desk.subscribe()
    flow: Any = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": str(session.subscription)},
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": "Thank you for all of it."},
        },
    }
    visit = visit_of(desk, session, flow_data=flow)
    assert visit.see().url.endswith(f"/subscriptions/{session.subscription}/cancel")

    answer = visit.cancel(str(session.subscription), "period_end")

    assert (
        "Thank you for all of it."
        in desk.http.get(f"{desk.server.base_url}{answer.headers['Location']}").text
    )
    assert subscription_of(desk, session).cancel_at is not None


@pytest.mark.parametrize("card", [cards.DECLINED, cards.INSUFFICIENT_FUNDS])
def test_a_refused_card_changes_nothing_and_says_why(desk: Desk, card: str) -> None:
    session = desk.subscribe()
    before = subscription_of(desk, session).default_payment_method
    visit = visit_of(desk, session)

    answer = visit.change_card(card)

    assert answer.status_code == 402
    assert "Nothing was changed" in answer.text
    assert subscription_of(desk, session).default_payment_method == before
    assert desk.event_types()[-2:] == ["setup_intent.created", "setup_intent.setup_failed"]


@pytest.mark.parametrize(
    ("outcome", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")]
)
def test_a_card_that_asks_is_kept_only_if_its_holder_agrees(desk: Desk, outcome: str, status: str) -> None:
    session = desk.subscribe()
    before = subscription_of(desk, session).default_payment_method
    visit = visit_of(desk, session)

    asked = visit.change_card(cards.CHALLENGE)
    visit.answer_challenge(outcome)

    assert asked.headers["Location"].endswith("/challenge")
    assert desk.stripe.v1.setup_intents.list().data[0].status == status
    assert (subscription_of(desk, session).default_payment_method != before) == (outcome == "complete")


def test_what_is_mistyped_is_said_beside_the_field_and_the_code_is_forgotten(desk: Desk) -> None:
    visit = visit_of(desk, desk.subscribe())

    answer = visit.change_card("4242 4242 4242 4241", cardExpiry="13/30")

    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert {error["id"] for error in page.find_all(class_="error")} == {
        "cardNumber-error",
        "cardExpiry-error",
    }
    code = page.find("input", attrs={"name": "cardCvc"})
    assert code is not None
    assert not code.has_attr("value")


def test_nobody_cancels_the_gift_of_another(desk: Desk) -> None:
    mine, other = desk.subscribe(), desk.subscribe()
    visit = visit_of(desk, mine)

    for answer in (
        visit.see(f"/subscriptions/{other.subscription}/cancel"),
        visit.cancel(str(other.subscription), "now"),
        visit.renew(str(other.subscription)),
    ):
        assert answer.status_code == 404
    assert subscription_of(desk, other).status == "active"


def test_a_link_opens_for_five_minutes_and_lives_for_an_hour_of_rest(desk: Desk) -> None:
    session = desk.subscribe()
    unused, used = visit_of(desk, session), visit_of(desk, session)
    used.see()

    desk.control("clock", seconds=301)
    assert (unused.see().status_code, used.see().status_code) == (404, 200)

    desk.control("clock", seconds=3601)
    assert used.see().status_code == 404


def test_a_configuration_says_what_may_be_done(desk: Desk) -> None:
    session = desk.subscribe()
    only_card = desk.stripe.v1.billing_portal.configurations.create(
        {"features": {"payment_method_update": {"enabled": True}}, "default_return_url": UPDATED_URL}
    )

    visit = PortalVisit.open(desk, str(session.customer), configuration=only_card.id)

    page = BeautifulSoup(visit.see().text, "html.parser")
    assert page.find("a", class_="back")["href"] == UPDATED_URL
    assert [link.get_text(strip=True) for link in page.find_all("a", class_="action")] == ["Update card"]
    assert visit.cancel(str(session.subscription), "now").status_code == 404
    with pytest.raises(stripe.InvalidRequestError, match="not enabled"):
        PortalVisit.open(
            desk,
            str(session.customer),
            configuration=only_card.id,
            flow_data={
                "type": "subscription_cancel",
                "subscription_cancel": {"subscription": str(session.subscription)},
            },
        )


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({}, "customer"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer": "{customer}", "return_url": "javascript:alert(1)"}, "return_url"),
        (
            {"customer": "{customer}", "flow_data[type]": "subscription_cancel"},
            "flow_data[subscription_cancel]",
        ),
        ({"customer": "{customer}", "flow_data[type]": "customer_update"}, "flow_data[type]"),
        ({"customer": "{customer}", "configuration": "bpc_none"}, "configuration"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(desk: Desk, given: dict[str, str], param: str) -> None:
    customer = str(desk.subscribe().customer)
    form = {name: value.replace("{customer}", customer) for name, value in given.items()}

    answer = desk.http.post(f"{desk.server.base_url}/v1/billing_portal/sessions", form)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_product_that_may_be_chosen_in_the_portal_has_a_fixed_quantity_unless_said(desk: Desk) -> None:
    update: Any = {"enabled": True, "products": [{"product": "prod_1", "prices": ["price_1"]}]}

    made = desk.stripe.v1.billing_portal.configurations.create({"features": {"subscription_update": update}})

    (product,) = made.features.subscription_update.products or []
    assert product.adjustable_quantity.to_dict() == {"enabled": False, "maximum": None, "minimum": 1}
