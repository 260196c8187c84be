"""`donations demo`: a believable history, for showing the reports and for measuring them."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from donations.cli.context import console, in_application, screen
from donations.jobs import refresh_rollups
from donations.jobs.refresh_rollups import AlreadyRebuilding
from donations.models.database import reading, writing
from donations.runtime import Runtime, current
from donations.services import demo as history
from donations.services.demo import DemoPlan, Written

_MOST_YEARS: Final = 40
_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--supporters", type=click.IntRange(min=1), required=True, help="How many came in that time.")
@click.option("--years", type=click.IntRange(1, _MOST_YEARS), default=5, show_default=True)
@click.option("--until", type=_DAY, metavar="DAY", help="The last day, like 2026-10-31; else up to now.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed and day: the same history."
)
@click.option("--add", is_flag=True, help="Also where there are supporters already.")
@click.option("--dry-run", is_flag=True, help="Say about how much would be written, and write nothing.")
@in_application
def demo(supporters: int, years: int, until: datetime | None, seed: int, *, add: bool, dry_run: bool) -> None:
    """Write a made-up history into the tables: about ten donations a supporter, in five years.

    Stripe knows nothing of it, and there are no letters. Never in production.
    """
    runtime = current()
    _check(runtime, add=add)
    plan = _plan(runtime, supporters, years, None if until is None else until.date(), seed)
    if dry_run:
        _show(history.estimate(runtime.vault, plan), "About this much would be written")
        return
    began = time.monotonic()
    written = _write(runtime, plan)
    seconds = time.monotonic() - began
    _show(written, "Written")
    _build_sums(runtime)
    console.print(
        f"{plan.since:%-d %B %Y} to {plan.until:%-d %B %Y}, in {seconds:.1f} seconds:"
        f" {written.donations / seconds:,.0f} donations a second. Reports show it."
    )


def _check(runtime: Runtime, *, add: bool) -> None:
    if runtime.config.is_production:
        raise click.ClickException("A made-up history has no place in production.")
    with reading() as session:
        if not add and not history.is_empty(session):
            raise click.ClickException(
                "There are supporters in this database. Say --add if made-up ones may stand among them."
            )


def _plan(runtime: Runtime, supporters: int, years: int, until: date | None, seed: int) -> DemoPlan:
    zone = runtime.config.report_timezone
    return DemoPlan(supporters, years, history.end_of(until, zone, runtime.now()), seed, zone, runtime.offers)


def _write(runtime: Runtime, plan: DemoPlan) -> Written:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar, writing() as session:
        task = bar.add_task("Supporters", total=plan.supporters)
        return history.write(session, runtime.vault, plan, lambda more: bar.advance(task, more))


def _build_sums(runtime: Runtime) -> None:
    """What reports read. A worker that found them never built may be at it already."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Sums of the reports", total=None)
        try:
            refresh_rollups.rebuild(
                runtime, lambda what, done, of: bar.update(task, description=what, completed=done, total=of)
            )
        except AlreadyRebuilding as error:
            raise click.ClickException(f"The history is written. {error}") from error


def _show(written: Written, title: str) -> None:
    drawn = Table("Table", title=title, title_justify="left")
    drawn.add_column("Rows", justify="right")
    for table, rows in written.rows.items():
        drawn.add_row(table, f"{rows:,}")
    screen().print(drawn)
