"""The worker: looks at what was marked, and sends what waits."""

from __future__ import annotations

import click

from donations.cli.context import application
from donations.jobs.queue import make_huey
from donations.jobs.worker import run_worker
from donations.runtime import current


@click.command()
def worker() -> None:
    """Apply what Stripe told, send messages, and sweep for what was lost."""
    with application() as app:
        run_worker(app, make_huey(current().config.queue_url))
