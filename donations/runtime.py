"""What a running process holds: configuration, the way to Stripe, keys, offers and the clock.

One value, made by `create_app`, so that views and jobs ask one place and services are handed
what they need as arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app

from config import Config
from donations.domain.offers import OfferBook
from donations.gateway.protocol import Gateway
from donations.models.vault import Vault

_EXTENSION = "donations"


def system_clock() -> datetime:
    """The only place that reads the time for the web, jobs and commands."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The wiring of one process."""

    config: Config
    gateway: Gateway
    vault: Vault
    offers: OfferBook
    wake_worker: Callable[[], None]
    """Says that there are tickets or messages. May fail or be lost without harm: the sweep finds them."""
    now: Callable[[], datetime] = system_clock


def install(app: Flask, runtime: Runtime) -> None:
    app.extensions[_EXTENSION] = runtime


def current() -> Runtime:
    """The runtime of the application that is active now."""
    runtime = current_app.extensions[_EXTENSION]
    assert isinstance(runtime, Runtime)
    return runtime
