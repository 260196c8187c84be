from __future__ import annotations

from dataclasses import replace
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
