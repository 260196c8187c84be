from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from config import Config


@pytest.fixture
def shared(config: Config, tmp_path: Path) -> Config:
    """A configuration for many processes, with the queue in the same database where that is a server.

    There is no Stripe: what comes in waits.
    """
    is_server = config.database_url.startswith("postgresql")
    queue = config.database_url if is_server else f"sqlite:///{tmp_path}/queue.db"
    return replace(config, queue_url=queue, stripe_api_base="http://127.0.0.1:9", uses_sandbox=False)


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says what a proof saw; `make prove` tells it at its end."""
    return partial(record_property, "figures")
