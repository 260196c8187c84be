"""A webhook becomes a notice of which object to look at, or is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from donations.gateway.errors import BadPayload, BadSignature, BadWebhook, PayloadTooLarge
from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import LARGEST_BODY, Notice, read_notice
from donations.gateway.signatures import sign

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "whsec_first"


def snapshot_event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_1Sx",
        "object": "event",
        "type": "charge.succeeded",
        "api_version": "2026-10-28.endive",
        "created": 1795348800,
        "livemode": False,
        "data": {"object": {"id": "ch_3S", "object": "charge", "amount": 1000}},
    } | changes


def thin_event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_65Tx",
        "object": "v2.core.event",
        "type": "v1.charge.succeeded",
        "created": "2026-11-22T12:00:00.000Z",
        "livemode": False,
        "related_object": {"id": "ch_3S", "type": "charge", "url": "/v1/charges/ch_3S"},
    } | changes


def read(event: Any) -> Notice:
    return read_body(json.dumps(event).encode())


def read_body(body: bytes) -> Notice:
    """As signed by Stripe, however odd it is."""
    return read_notice(body, sign(body, SECRET, NOW), [SECRET], NOW)


def test_a_snapshot_event_names_its_object() -> None:
    assert read(snapshot_event()) == Notice(
        event_id="evt_1Sx",
        type="charge.succeeded",
        kind=ObjectKind.CHARGE,
        object_id="ch_3S",
        api_version="2026-10-28.endive",
        is_livemode=False,
        is_thin=False,
        created_at=NOW,
    )


def test_a_thin_event_names_its_object() -> None:
    assert read(thin_event()) == Notice(
        event_id="evt_65Tx",
        type="v1.charge.succeeded",
        kind=ObjectKind.CHARGE,
        object_id="ch_3S",
        api_version=None,
        is_livemode=False,
        is_thin=True,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("event_type", "name", "kind"),
    [
        ("checkout.session.completed", "checkout.session", ObjectKind.CHECKOUT_SESSION),
        ("payment_intent.succeeded", "payment_intent", ObjectKind.PAYMENT_INTENT),
        ("charge.refunded", "charge", ObjectKind.CHARGE),
        ("customer.subscription.deleted", "subscription", ObjectKind.SUBSCRIPTION),
        ("invoice.paid", "invoice", ObjectKind.INVOICE),
        ("invoice_payment.paid", "invoice_payment", ObjectKind.INVOICE_PAYMENT),
        ("charge.refund.updated", "refund", ObjectKind.REFUND),
        ("refund.failed", "refund", ObjectKind.REFUND),
        ("charge.dispute.funds_withdrawn", "dispute", ObjectKind.DISPUTE),
    ],
)
def test_each_family_of_events_is_about_its_kind_in_both_bodies(
    event_type: str, name: str, kind: ObjectKind
) -> None:
    snapshot = read(snapshot_event(type=event_type, data={"object": {"id": "x_1", "object": name}}))
    thin = read(thin_event(type=f"v1.{event_type}", related_object={"id": "x_1", "type": name, "url": "/"}))

    assert (snapshot.kind, snapshot.object_id) == (kind, "x_1")
    assert (thin.kind, thin.object_id) == (kind, "x_1")


@pytest.mark.parametrize("event", [snapshot_event(livemode=True), thin_event(livemode=True)])
def test_a_live_event_says_so(event: dict[str, Any]) -> None:
    assert read(event).is_livemode


@pytest.mark.parametrize(
    "event",
    [
        snapshot_event(type="customer.created", data={"object": {"id": "cus_1", "object": "customer"}}),
        snapshot_event(type="charge.teleported"),
        snapshot_event(type="invoice.upcoming", data={"object": {"object": "invoice"}}),
        snapshot_event(type="charge.dispute.created"),
        snapshot_event(type=None),
        snapshot_event(type=["charge.succeeded"]),
        snapshot_event(type="x" * 256),
        snapshot_event(livemode="false"),
        snapshot_event(livemode=None),
        snapshot_event(data=None),
        snapshot_event(data=[]),
        snapshot_event(data={"object": "ch_3S"}),
        snapshot_event(data={"object": {"id": 7, "object": "charge"}}),
        snapshot_event(data={"object": {"id": "../charges", "object": "charge"}}),
        snapshot_event(data={"object": {"id": "ch_" + "x" * 253, "object": "charge"}}),
        snapshot_event(data={"object": {"id": "ch_3S", "object": ["charge"]}}),
        snapshot_event(object="event.v9"),
        snapshot_event(object=None),
        thin_event(related_object=None),
        thin_event(related_object={"id": "ch_3S", "type": "customer", "url": "/"}),
        thin_event(type="v2.money_management.transfer.posted"),
    ],
)
def test_a_signed_event_that_we_do_not_follow_or_know_is_for_setting_aside(event: dict[str, Any]) -> None:
    notice = read(event)

    assert notice.kind is None
    assert notice.event_id == event["id"]


@pytest.mark.parametrize(
    "event_id",
    [None, "", 7, [], "evt_", "ev_1", "evt_1 ", "evt_1\n", "evt_é", "evt_1/..", "evt_" + "x" * 252],
)
def test_a_signed_body_without_an_events_id_is_refused(event_id: Any) -> None:
    with pytest.raises(BadPayload):
        read(snapshot_event(id=event_id))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"evt_1"',
        b"{",
        b'{"id":"evt_1"} {}',
        b'{"id":"evt_1","created":NaN}',
        b'{"id":"evt_1","created":-Infinity}',
        b'{"id":"evt_1","id":"evt_2"}',
        b'{"id":"evt_1","data":{"a":1,"a":2}}',
        b'\xef\xbb\xbf{"id":"evt_1"}',
        b'{"id":"evt_\xff"}',
        '{"id":"evt_1"}'.encode("utf-16"),
        b'{"id":"evt_1","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
        b'{"id":"evt_1","created":' + b"9" * 5_000 + b"}",
    ],
)
def test_a_signed_body_that_is_not_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_body(body)


@pytest.mark.parametrize(
    "created",
    [None, True, 1.5, -(10**18), 10**18, "", "yesterday", "2026-11-22T12:00:00", "0001-01-01T00:00:00+14:00"],
)
def test_a_time_that_is_none_costs_only_the_time(created: Any) -> None:
    notice = read(snapshot_event(created=created))

    assert notice.created_at is None
    assert notice.kind is ObjectKind.CHARGE


def test_a_time_elsewhere_is_told_in_utc() -> None:
    moscow = NOW.astimezone(timezone(timedelta(hours=3))).isoformat()

    created_at = read(thin_event(created=moscow)).created_at

    assert created_at == NOW
    assert created_at is not None
    assert created_at.tzinfo is UTC


@pytest.mark.parametrize("version", [7, "", "x" * 65, "2026;drop"])
def test_an_odd_version_costs_only_the_version(version: Any) -> None:
    notice = read(snapshot_event(api_version=version))

    assert notice.api_version is None
    assert notice.kind is ObjectKind.CHARGE


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    largest = json.dumps(snapshot_event()).encode().ljust(LARGEST_BODY)

    assert read_body(largest).kind is ObjectKind.CHARGE
    with pytest.raises(PayloadTooLarge):
        read_body(largest + b" ")


def test_an_unsigned_body_is_never_parsed() -> None:
    with pytest.raises(BadSignature):
        read_notice(b"[" * 100_000, f"t={int(NOW.timestamp())},v1={'0' * 64}", [SECRET], NOW)


def test_a_signature_replayed_over_another_body_is_refused() -> None:
    first, second = (json.dumps(snapshot_event(id=event_id)).encode() for event_id in ("evt_1", "evt_2"))

    with pytest.raises(BadSignature):
        read_notice(second, sign(first, SECRET, NOW), [SECRET], NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_EVENTS = st.fixed_dictionaries(
    {"id": st.just("evt_1") | _JSON, "object": st.sampled_from(["event", "v2.core.event"]) | _JSON},
    optional={
        "type": st.sampled_from(["charge.succeeded", "v1.invoice.paid"]) | _JSON,
        "created": _JSON,
        "livemode": _JSON,
        "api_version": _JSON,
        "data": st.fixed_dictionaries({"object": _JSON}) | _JSON,
        "related_object": st.fixed_dictionaries({"id": _JSON, "type": _JSON}) | _JSON,
    },
)


@settings(max_examples=800, deadline=None)
@given(
    body=st.binary(max_size=2000)
    | _JSON.map(json.dumps).map(str.encode)
    | _EVENTS.map(json.dumps).map(str.encode)
)
@example(body=b'{"id":"evt_1","object":"event","type":"\\ud800"}')
def test_no_signed_body_ends_in_anything_but_a_notice_or_a_refusal(body: bytes) -> None:
    try:
        notice = read_body(body)
    except BadPayload:
        return

    assert notice.event_id.isascii()
    assert (notice.kind is None) or notice.object_id


@settings(max_examples=800, deadline=None)
@given(
    body=st.binary(max_size=200),
    header=st.none() | st.text() | st.binary().map(lambda raw: raw.decode("latin-1")),
)
def test_no_unsigned_request_ends_in_anything_but_a_refusal(body: bytes, header: str | None) -> None:
    with pytest.raises(BadWebhook):
        read_notice(body, header, [SECRET], NOW)
