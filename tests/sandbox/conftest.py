from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.sandbox.desk import Desk
from tests.sandbox.receiver import SECRET, Receiver


@pytest.fixture
def make_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Desk]]:
    """Start a sandbox with settings of the test's own; everything is stopped at the end."""
    monkeypatch.setattr(stripe, "enable_telemetry", False)
    with ExitStack() as stack:

        def make(**changes: Any) -> Desk:
            receiver = stack.enter_context(Receiver())
            values = {"webhook_url": receiver.url, "webhook_secret": SECRET, "port": 0, **changes}
            server = stack.enter_context(SandboxServer(Settings(tmp_path, **values)))
            client = stripe.StripeClient(
                "sk_test_desk",
                base_addresses={"api": server.base_url},
                http_client=stripe.RequestsClient(timeout=(5, 20)),
                max_network_retries=0,
            )
            http = stack.enter_context(requests.Session())
            http.headers["Authorization"] = "Bearer sk_test_desk"
            return Desk(server, receiver, client, http)

        yield make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
