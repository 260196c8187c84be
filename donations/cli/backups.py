"""`donations db backup` and `donations db restore`: a copy of everything, and back."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from donations.cli.context import console, in_application, screen
from donations.jobs import backup as backups
from donations.jobs import restore as restores
from donations.jobs.restore import Plan
from donations.reports.words import counted
from donations.runtime import current


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@in_application
def backup(target: Path) -> None:
    """Copy the database into the new folder TARGET, while everything goes on.

    The folder holds what the database holds. Keep the master keys elsewhere.
    """
    with _shown() as progress:
        manifest = backups.back_up(current(), target, progress)
    screen().print(_drawn("rows", manifest.rows))
    console.print(
        f"{target}: {manifest.kind}, schema {manifest.revision}, {manifest.size:,} bytes, begun"
        f" {manifest.begun_at.isoformat(' ', 'seconds')}.",
        markup=False,
    )


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Check everything, say what would be done, and do nothing.")
@click.option("--replace", is_flag=True, help="Also where the database is not empty.")
@click.option(
    "--erased",
    "erased_lists",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A list of erased supporters, or the manifest of a later backup.",
)
@click.option("--nobody-erased", is_flag=True, help="Nobody was erased since the backup.")
@in_application
def restore(
    source: Path, *, dry_run: bool, replace: bool, erased_lists: tuple[Path, ...], nobody_erased: bool
) -> None:
    """Put the backup SOURCE in the place of the database. Stop the site and its workers first."""
    runtime = current()
    with _shown() as progress:
        plan = restores.prepare(
            runtime,
            source,
            progress,
            erased_lists=erased_lists,
            replaces=replace,
            nobody_was_erased=nobody_erased,
        )
    _announce(plan, is_only_said=dry_run)
    if dry_run:
        return
    with _shown() as progress:
        restored = restores.carry_out(runtime, plan, progress)
    console.print(
        f"Restored. {counted(restored.forgotten, 'supporter')} forgotten again,"
        f" {counted(restored.looked_at, 'object')} to be looked at again, everybody logged out."
    )
    click.echo(
        "What happened since is at Stripe. Start the worker, and have it found:\n"
        f"  donations stripe reconcile --since {plan.manifest.begun_at.isoformat(timespec='seconds')}"
    )


def _announce(plan: Plan, *, is_only_said: bool) -> None:
    would = "would" if is_only_said else "will"
    manifest = plan.manifest
    screen().print(_drawn("rows in the backup", manifest.rows))
    console.print(f"The backup was begun {manifest.begun_at.isoformat(' ', 'seconds')}, and is whole.")
    if plan.replaced.is_empty:
        console.print("The database is empty.")
    else:
        rows = counted(sum(plan.replaced.rows.values()), "row")
        console.print(f"It {would} replace a database with {rows}, of which nothing {would} be left.")
    if plan.upgrades_to is not None:
        console.print(f"The schema {would} go from {manifest.revision} to {plan.upgrades_to}.")
    since = len(set(plan.erased) - set(manifest.erased))
    console.print(f"{counted(since, 'supporter')} of whom it is known that they were erased since.")
    console.print(f"Everybody {would} be logged out.")


def _drawn(title: str, rows: Mapping[str, int]) -> Table:
    drawn = Table("table")
    drawn.add_column(title, justify="right")
    for table, number in rows.items():
        drawn.add_row(table, f"{number:,}")
    return drawn


@contextmanager
def _shown() -> Generator[backups.Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of or None)
