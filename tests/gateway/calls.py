"""A gateway that points at a server of the test's, quick to give up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from donations.gateway.client import StripeGateway
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
