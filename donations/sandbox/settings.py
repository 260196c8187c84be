"""What a sandbox needs to know before it starts. Read from options by `__main__`, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

API_VERSION = "2026-10-28.endive"
"""The account's version, which is the one that stripe-python 16.1 pins."""

SUPPORTED_VERSIONS = frozenset({API_VERSION, "2026-09-30.endive", "2026-08-26.dahlia"})


@dataclass(frozen=True, slots=True)
class Settings:
    data_dir: Path
    webhook_url: str | None = None
    """Where events go; without it they are only kept for `GET /v1/events`."""
    webhook_secret: str = "whsec_sandbox"  # noqa: S105  # A stand-in's secret guards nothing.
    thin: bool = False
    """Deliver thin events (`v2.core.event`) instead of snapshots."""
    host: str = "127.0.0.1"
    port: int = 12111
    settle_delay: float = 0.0
    """Seconds until the facts that Stripe adds later: the balance transaction of a one-time charge."""
    retry_delays: tuple[float, ...] = (1, 5, 30, 300, 1800, 7200)
    """Seconds before each further try of a failed delivery; then it is given up."""
    delivery_timeout: float = 10.0

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"
