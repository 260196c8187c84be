"""`donations dump`: what we believe about money, for comparing with Stripe or with another copy."""

from __future__ import annotations

import json

import click

from donations.cli.context import in_application
from donations.models.database import reading
from donations.reports.dump import dump as dump_state


@click.command()
@click.option("--json", "_as_json", is_flag=True, help="As JSON (the only form there is).")
@in_application
def dump(_as_json: bool) -> None:
    """Print donations, refunds, disputes and subscriptions, sorted by Stripe's ids. No personal data."""
    with reading() as session:
        state = dump_state(session)
    click.echo(json.dumps(state, indent=2, sort_keys=True))
