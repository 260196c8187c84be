"""What is listed, page by page, of the sandbox over HTTP; each request is one that Stripe describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from donations.domain.gifts import Frequency
from donations.gateway.client import StripeGateway
from donations.gateway.errors import CallInTransaction
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import Page
from donations.gateway.listing import LISTED_KINDS
from donations.models.database import writing
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.gateway import answers
from tests.gateway.calls import answering
from tests.gateway.giving import paid
from tests.gateway.raw_server import says
from tests.stripe_description.tap import Tap
from tests.stripe_description.wire import problems_with_request

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tap]:
    """In front of a sandbox where one gave once, of which a part went back, and one gives monthly."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with SandboxServer(Settings(data_dir=folder, port=0)) as server, Tap(server.base_url) as tap:
        gateway = StripeGateway("sk_test_sandbox", server.base_url)
        once = paid(gateway, "r-once")
        paid(gateway, "r-monthly", Frequency.MONTHLY)
        headers = {"Authorization": "Bearer sk_test_sandbox"}
        asked = {"payment_intent": once.payment_intent_id, "amount": "300"}
        requests.post(f"{server.base_url}/v1/refunds", data=asked, headers=headers, timeout=10)
        control = f"{server.base_url}/_sandbox/disputes"
        requests.post(control, json={"payment_intent": once.payment_intent_id}, timeout=10)
        yield tap


@pytest.fixture
def gateway(tap: Tap) -> StripeGateway:
    return StripeGateway("sk_test_sandbox", tap.base_url)


def listed(gateway: StripeGateway, kind: ObjectKind, since: datetime = LONG_AGO) -> list[Any]:
    page = gateway.list_objects(kind, since, None)
    assert page.cursor is None
    return [each.snapshot for each in page.items]


def test_payments_come_with_their_charge_and_fee(gateway: StripeGateway) -> None:
    found = listed(gateway, ObjectKind.PAYMENT_INTENT)

    assert [(each.status, each.reference) for each in found] == [("succeeded", None), ("succeeded", "r-once")]
    for each in found:
        assert each == _without_invoice(gateway.fetch(ObjectKind.PAYMENT_INTENT, each.id))
        assert each.charge.balance.fee > 0


def _without_invoice(snapshot: Any) -> Any:
    return type(snapshot)(
        **{name: getattr(snapshot, name) for name in snapshot.__slots__} | {"invoice": None}
    )


@pytest.mark.parametrize(
    "kind", [ObjectKind.CHECKOUT_SESSION, ObjectKind.SUBSCRIPTION, ObjectKind.REFUND, ObjectKind.DISPUTE]
)
def test_what_is_listed_is_what_is_fetched(gateway: StripeGateway, kind: ObjectKind) -> None:
    for each in listed(gateway, kind):
        assert each == gateway.fetch(kind, each.id)


def test_an_invoice_is_listed_with_what_was_paid(gateway: StripeGateway) -> None:
    (invoice,) = listed(gateway, ObjectKind.INVOICE)

    assert (invoice.status, invoice.amount_paid, invoice.reference) == ("paid", 1000, "r-monthly")


def test_an_event_is_listed_as_the_notice_that_a_webhook_would_be(gateway: StripeGateway) -> None:
    page = gateway.list_events(LONG_AGO, None)

    succeeded = [each for each in page.items if each.type == "payment_intent.succeeded"]
    ids = {each.id for each in listed(gateway, ObjectKind.PAYMENT_INTENT)}
    assert {each.object_id for each in succeeded} == ids
    assert {each.kind for each in succeeded} == {ObjectKind.PAYMENT_INTENT}
    assert not any(each.is_livemode or each.is_thin for each in page.items)


def test_the_balance_names_what_moved_it_and_whose_payment_that_was(gateway: StripeGateway) -> None:
    lines = gateway.list_balance(LONG_AGO, None).items

    (refund,) = [line for line in lines if line.type == "refund"]
    assert (refund.amount, refund.fee, refund.net) == (-300, 0, -300)
    (listed_refund,) = listed(gateway, ObjectKind.REFUND)
    assert (refund.source_id, refund.payment_intent_id) == (listed_refund.id, listed_refund.payment_intent_id)
    assert sum(line.amount for line in lines if line.type == "charge") == 2000
    assert all(line.amount - line.fee == line.net for line in lines)


LISTS: dict[str, Callable[[StripeGateway, datetime, str | None], Page[Any]]] = {
    **{
        kind.value: lambda gateway, since, after, kind=kind: gateway.list_objects(kind, since, after)
        for kind in sorted(LISTED_KINDS)
    },
    "event": lambda gateway, since, after: gateway.list_events(since, after),
    "balance_transaction": lambda gateway, since, after: gateway.list_balance(since, after),
}
each_list = pytest.mark.parametrize("ask", LISTS.values(), ids=LISTS)


@each_list
def test_nothing_is_listed_of_before(
    gateway: StripeGateway, ask: Callable[[StripeGateway, datetime, str | None], Page[Any]]
) -> None:
    assert ask(gateway, datetime.now(UTC) + timedelta(days=1), None) == Page((), None)


@each_list
def test_a_list_goes_on_after_a_cursor(
    gateway: StripeGateway, ask: Callable[[StripeGateway, datetime, str | None], Page[Any]]
) -> None:
    whole = ask(gateway, LONG_AGO, None).items
    first = getattr(whole[0], "id", None) or whole[0].event_id

    assert ask(gateway, LONG_AGO, first).items == whole[1:]


def test_each_request_is_one_that_stripe_describes(tap: Tap, gateway: StripeGateway) -> None:
    for ask in LISTS.values():
        whole = ask(gateway, LONG_AGO, None).items
        ask(gateway, LONG_AGO, getattr(whole[0], "id", None) or whole[0].event_id)

    asked = [each for each in tap.asked if each.method == "GET"]
    assert len(asked) >= 2 * len(LISTS)
    assert [problem for each in asked for problem in problems_with_request(each)] == []


def test_where_there_is_more_the_page_says_where_it_goes_on() -> None:
    refunds = [answers.refund(id=f"re_{number}") for number in (3, 2)]
    page = says(answers.listed(*refunds, has_more=True))

    with answering(**{"/v1/refunds": page}) as (gateway, _):
        assert gateway.list_objects(ObjectKind.REFUND, LONG_AGO, None).cursor == "re_2"


def test_one_object_of_a_strange_shape_hides_no_others() -> None:
    strange, plain = answers.refund(id="re_2", amount="much"), answers.refund(id="re_1")

    with answering(**{"/v1/refunds": says(answers.listed(strange, plain))}) as (gateway, _):
        found = gateway.list_objects(ObjectKind.REFUND, LONG_AGO, None).items

    assert [(each.id, each.snapshot is None) for each in found] == [("re_2", True), ("re_1", False)]


def test_nothing_is_listed_while_a_transaction_is_open(app: object, gateway: StripeGateway) -> None:
    with writing(), pytest.raises(CallInTransaction):
        gateway.list_events(LONG_AGO, None)
