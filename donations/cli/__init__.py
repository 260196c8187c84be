"""The `donations` command: each module is one group of verbs, and says what it does in `--help`."""

from __future__ import annotations

import click

from donations.cli import db, demo, dump, rates, reports, run, sandbox, staff, stripe, supporters, web, worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="moscow-times-donations")
def main() -> None:
    """The backend behind “Support The Moscow Times”."""


for _command in (
    run.run,
    web.web,
    worker.worker,
    db.db,
    staff.staff,
    stripe.stripe,
    supporters.supporters,
    reports.reports,
    dump.dump,
    demo.demo,
    sandbox.sandbox,
):
    main.add_command(_command)

reports.reports.add_command(rates.rates)
