"""Lists: cursors, ranges, filters, and `expand[]` at depth."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.desk import Desk


def test_cursors_walk_forwards_and_backwards(desk: Desk) -> None:
    made = [desk.stripe.v1.customers.create({"name": f"Reader {number}"}).id for number in range(5)]
    newest_first = made[::-1]
    customers = desk.stripe.v1.customers

    first = customers.list({"limit": 2})
    second = customers.list({"limit": 2, "starting_after": first.data[-1].id})
    last = customers.list({"limit": 2, "starting_after": second.data[-1].id})
    back = customers.list({"limit": 2, "ending_before": last.data[0].id})

    pages = [[found.id for found in page.data] for page in (first, second, last, back)]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:], newest_first[2:4]]
    assert [first.has_more, second.has_more, last.has_more, back.has_more] == [True, True, False, True]
    assert [found.id for found in customers.list({"limit": 2}).auto_paging_iter()] == newest_first


def test_created_bounds_a_list(desk: Desk) -> None:
    old = desk.stripe.v1.customers.create({"name": "Old"})
    desk.control("clock", seconds=100)
    new = desk.stripe.v1.customers.create({"name": "New"})
    customers = desk.stripe.v1.customers

    since = customers.list({"created": {"gte": new.created}})
    until = customers.list({"created": {"lt": new.created}})
    exactly = customers.list({"created": old.created})

    assert [[found.id for found in page.data] for page in (since, until, exactly)] == [
        [new.id],
        [old.id],
        [old.id],
    ]


def test_events_are_filtered_by_type(desk: Desk) -> None:
    desk.give()
    events = desk.stripe.v1.events

    several = events.list({"types": ["charge.succeeded", "checkout.session.completed"]})
    family = events.list({"type": "charge.*"})

    assert [event.type for event in several] == ["checkout.session.completed", "charge.succeeded"]
    assert [event.type for event in family] == ["charge.updated", "charge.succeeded"]


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"starting_after": "cus_nobody"}, "starting_after"),
        ({"created": {"since": 1}}, "created[since]"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_list_is_refused(desk: Desk, parameters: dict[str, object], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.stripe.v1.customers.list(parameters)

    assert caught.value.param == param


def test_expand_reaches_through_objects_and_lists(desk: Desk) -> None:
    session = desk.give()

    deep = desk.again(session, "payment_intent.latest_charge.balance_transaction.source")
    listed = desk.stripe.v1.charges.list({"expand": ["data.balance_transaction"]})

    transaction = deep.payment_intent.latest_charge.balance_transaction
    assert transaction.source.id == deep.payment_intent.latest_charge.id
    assert listed.data[0].balance_transaction.id == transaction.id


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("status", "status"),
        ("nothing", "nothing"),
        ("metadata", "metadata"),
        ("custom_text", "custom_text"),
        ("payment_intent.nothing", "nothing"),
        ("invoice.nothing", "nothing"),
        ("payment_intent.latest_charge.status", "status"),
        ("payment_intent..latest_charge", ""),
    ],
)
def test_what_cannot_be_expanded_is_refused_by_its_name(desk: Desk, path: str, refused: str) -> None:
    session = desk.give()

    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.again(session, path)

    assert caught.value.user_message == f"This property cannot be expanded ({refused})."
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, None, None)


@pytest.mark.parametrize("path", ["a.b.c.d.e", "subscription.items.data.price.product"])
def test_five_levels_are_too_deep_to_expand(desk: Desk, path: str) -> None:
    session = desk.give()

    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.again(session, path)

    words = f"You cannot expand more than 4 levels of a property. Property: {path}"
    assert (caught.value.code, caught.value.user_message) == ("property_expansion_max_depth", words)


def test_the_data_of_a_list_counts_as_a_level(desk: Desk) -> None:
    desk.give()
    intents = desk.stripe.v1.payment_intents

    deep = intents.list({"expand": ["data.latest_charge.balance_transaction.source"]})
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        intents.list({"expand": ["data.latest_charge.balance_transaction.source.customer"]})

    charge = deep.data[0].latest_charge
    assert charge.balance_transaction.source.id == charge.id


def test_a_list_says_where_its_fields_are_expanded(desk: Desk) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.stripe.v1.charges.list({"expand": ["customer"]})

    assert caught.value.user_message == (
        "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead."
    )


def test_what_is_null_or_empty_can_be_expanded_all_the_same(desk: Desk) -> None:
    session = desk.open()

    assert desk.again(session, "invoice.customer", "subscription").subscription is None
    assert desk.stripe.v1.charges.list({"expand": ["data.balance_transaction"]}).data == []


def test_products_and_prices_can_be_made_first(desk: Desk) -> None:
    product = desk.stripe.v1.products.create({"name": "Membership"})
    price = desk.stripe.v1.prices.create(
        {"product": product.id, "currency": "gbp", "unit_amount": 700, "recurring": {"interval": "year"}}
    )

    session = desk.subscribe(line_items=[{"price": price.id, "quantity": 1}])

    assert (session.currency, session.amount_total) == ("gbp", 700)
    assert desk.stripe.v1.subscriptions.list({"price": price.id}).data[0].id == session.subscription
    assert desk.event_types()[:2] == ["product.created", "price.created"]
