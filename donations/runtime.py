"""What a running process holds: configuration, the way to Stripe, keys, offers and the clock.

One value, made by `create_app`, so that views and jobs ask one place and services are handed
what they need as arguments.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from flask import Flask, current_app

from config import Config
from donations.documents.publisher import Publisher
from donations.domain.offers import OfferBook
from donations.gateway.protocol import Gateway
from donations.models.vault import Vault
from donations.services.tally import Tally

_EXTENSION = "donations"
log = structlog.get_logger("donations.runtime")


def system_clock() -> datetime:
    """Real time. The only place that reads it for the web, jobs and commands.

    `Runtime.now` is what nearly all of them ask, and may be ahead of it in development. Real time is
    for what others count by it: signatures of webhooks, the queue's wake-ups.
    """
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The wiring of one process."""

    config: Config
    gateway: Gateway
    vault: Vault
    offers: OfferBook
    wake_worker: Callable[[], None]
    """Says that there are tickets or messages. May raise whatever its queue raises: call `wake`."""
    now: Callable[[], datetime] = system_clock
    real_now: Callable[[], datetime] = system_clock
    """For what others count by real time, such as the rate of our calls."""
    pause: Callable[[float], None] = time.sleep
    """Waits so many seconds of real time."""
    tally: Tally = field(default_factory=Tally)
    """What this process has counted and not stored yet."""

    @property
    def publisher(self) -> Publisher:
        """Who issues receipts, and where they are verified."""
        config = self.config
        verify_url = f"{config.public_base_url}/verify"
        return Publisher(config.publisher_name, config.publisher_address, verify_url)

    def wake(self) -> None:
        """Let the worker know that there is something to do. Never raises: what it does not hear of
        in this way, its sweep finds."""
        try:
            self.wake_worker()
        except Exception as error:  # noqa: BLE001 - whatever the queue ran into, nothing is lost
            log.warning("wake_up_failed", error=type(error).__name__)


def install(app: Flask, runtime: Runtime) -> None:
    app.extensions[_EXTENSION] = runtime


def current() -> Runtime:
    """The runtime of the application that is active now."""
    runtime = current_app.extensions[_EXTENSION]
    assert isinstance(runtime, Runtime)
    return runtime
