"""Whoever observes the gateway hears of each try: its kind, what became of it, how long it took."""

from __future__ import annotations

import pytest

from donations.domain.counting import Outcome
from donations.gateway.client import StripeGateway
from donations.gateway.errors import GatewayError
from donations.gateway.kinds import ObjectKind
from donations.gateway.observing import kind_of, outcome_of
from tests.gateway.calls import KEY
from tests.gateway.raw_server import Answer, Behaviour, RawServer, Reset


def heard(*behaviours: Behaviour, retries: int = 0) -> list[tuple[str, str]]:
    """What is heard of while one charge is fetched."""
    seen: list[tuple[str, str]] = []
    times: list[float] = []

    def observe(kind: str, outcome: Outcome, seconds: float) -> None:
        seen.append((kind, outcome.value))
        times.append(seconds)

    with RawServer(*behaviours, by_path={}) as server:
        gateway = StripeGateway(
            KEY, server.base_url, timeout=(0.5, 0.5), max_network_retries=retries, observe=observe
        )
        with pytest.raises(GatewayError):
            gateway.fetch(ObjectKind.CHARGE, "ch_1")
    assert all(seconds > 0 for seconds in times)
    return seen


def error(status: int) -> Answer:
    return Answer(b'{"error": {"type": "api_error", "message": "no"}}', status)


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (Answer(b'{"object": "charge"}'), "done"),
        (error(402), "declined"),
        (error(404), "refused"),
        (error(429), "rate_limited"),
        (error(500), "failed"),
        (Answer(b"<html>bad gateway</html>", 502), "unreachable"),
        (Reset(), "unreachable"),
    ],
)
def test_what_became_of_a_call_is_told_in_a_word(behaviour: Behaviour, outcome: str) -> None:
    assert heard(behaviour) == [("get charges", outcome)]


def test_each_try_is_told() -> None:
    assert heard(error(500), error(404), retries=1) == [("get charges", "failed"), ("get charges", "refused")]


@pytest.mark.parametrize(
    ("method", "url", "kind"),
    [
        ("get", "https://api.stripe.com/v1/charges/ch_1?expand[0]=balance_transaction", "get charges"),
        ("post", "https://api.stripe.com/v1/checkout/sessions", "post checkout/sessions"),
        ("get", "https://api.stripe.com/v1/checkout/sessions/cs_1", "get checkout/sessions"),
        ("post", "https://api.stripe.com/v1/invoices/in_1/pay", "post invoices"),
        ("delete", "http://127.0.0.1:12111/v1/customers/cus_1", "delete customers"),
        ("patch", "https://api.stripe.com/v1/accounts/nadia@example.com", "other other"),
    ],
)
def test_of_an_address_only_the_kind_of_object_is_told(method: str, url: str, kind: str) -> None:
    assert kind_of(method, url) == kind


def test_every_status_has_an_outcome() -> None:
    assert {outcome_of(status) for status in range(100, 600)} == set(Outcome) - {Outcome.UNREACHABLE}
