"""A gateway that points at a server of the test's, quick to give up, and each kind of call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from donations.gateway.client import StripeGateway
from donations.gateway.kinds import ObjectKind
from tests.gateway.raw_server import Behaviour, RawServer

KEY = "sk_test_51SecretOfOurs"


def gateway_to(base_url: str, *, retries: int = 0) -> StripeGateway:
    return StripeGateway(KEY, base_url, timeout=(0.5, 0.5), max_network_retries=retries)


@contextmanager
def answering(
    *behaviours: Behaviour, retries: int = 0, **by_path: Behaviour
) -> Iterator[tuple[StripeGateway, RawServer]]:
    with RawServer(*behaviours, by_path=by_path) as server:
        yield gateway_to(server.base_url, retries=retries), server


PARAMETERS = {"mode": "payment", "customer_email": "reader@example.com"}

CALLS: dict[str, Callable[[StripeGateway], Any]] = {
    "create": lambda gateway: gateway.create_checkout_session(PARAMETERS, "key-1"),
    "fetch": lambda gateway: gateway.fetch(ObjectKind.CHARGE, "ch_1"),
    "find": lambda gateway: gateway.find_checkout_sessions(["r-7Qk2"], datetime(2026, 11, 22, tzinfo=UTC)),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
