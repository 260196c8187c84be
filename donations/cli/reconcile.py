"""`donations stripe reconcile` and `drift`: compare with Stripe now, and show each field that differs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from random import SystemRandom
from typing import Final

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from donations.cli.context import console, in_application, screen
from donations.cli.since import Since, instant_of
from donations.domain.amounts import format_money
from donations.domain.reconciling import STEPS, RunKind, Step
from donations.jobs import drain, reconcile_walk
from donations.jobs import reconcile as comparing
from donations.jobs.reconcile import Pace
from donations.models import ReconcileRun
from donations.models.database import reading, writing
from donations.reports.reconciling import FINDING_WORDS, STEP_WORDS, Books, books_of
from donations.reports.words import LOCALE, counted
from donations.runtime import Runtime, current
from donations.services import inbox
from donations.sync.drift.difference import Difference
from donations.sync.outcome import Relative

_BUSY_S: Final = 0.5
_STEPS: Final = STEPS[RunKind.ASKED]


@click.command()
@click.option(
    "--since", type=Since(), required=True, help="A day, like 2026-10-31, or back from now: 35d, 12h."
)
@click.option("--dry-run", is_flag=True, help="Say what would be looked at again, and do nothing.")
@in_application
def reconcile(since: str, *, dry_run: bool) -> None:
    """Compare everything with Stripe, look again at what differs, and read the books.

    At most five calls a second with all workers. Interrupted, it is gone on with by the worker.
    """
    runtime, since_at = current(), instant_of(since)
    if dry_run:
        _rehearse(runtime, since_at)
        return
    run = _compare(runtime, comparing.ask(runtime, since_at))
    runtime.wake()
    listed, differing = f"{run.listed:,} listed", counted(run.differing, "difference")
    console.print(f"{listed}, {differing}, {run.marked:,} looked at again.")
    if run.problem is not None:
        console.print(f"Not everything: {run.problem}.")
    with reading() as session:
        _show_books(books_of(session, run))


def _compare(runtime: Runtime, number: int) -> ReconcileRun:
    """Page by page, each worked through before the next, as the worker does it."""
    random, pace = SystemRandom(), Pace()
    with _bar() as bar:
        task = bar.add_task("Begins", total=len(_STEPS), listed=0)
        while True:
            made = comparing.make_page(runtime, pace, random, number)
            drain.drain(runtime, random)
            with reading() as session:
                run = session.get_one(ReconcileRun, number)
            if run.step is None:
                return run
            _tell(bar, task, run.step, run.listed)
            if made and run.tries:
                raise click.ClickException(f"{run.problem}. The worker goes on with it later.")
            if not made:
                time.sleep(_BUSY_S)


def _rehearse(runtime: Runtime, since: datetime) -> None:
    would, listed, lost = set[Relative](), 0, 0
    with _bar() as bar:
        task = bar.add_task("Begins", total=len(_STEPS), listed=0)
        for step, page in reconcile_walk.walk(runtime, since, Pace()):
            listed, lost = listed + len(page.listed), lost + len(page.lost)
            would.update(page.look)
            _tell(bar, task, step, listed)
    console.print(f"{listed:,} listed. {counted(lost, 'event').capitalize()} never came.")
    for kind, number in sorted(Counter(each.kind.value for each in would).items()):
        console.print(f"Would look again at {counted(number, kind)}.")
    if not would:
        console.print("No object differs.")


@click.command()
@click.option("--since", type=Since(), default="35d", show_default=True, help="A day, or back from now: 12h.")
@click.option("--heal", is_flag=True, help="Look again at what differs.")
@click.option("--dry-run", is_flag=True, help="Only show it, which is what happens without --heal.")
@in_application
def drift(since: str, *, heal: bool, dry_run: bool) -> None:
    """Show each field that our rows and Stripe don't agree about. Exits with 1 where there is one."""
    if heal and dry_run:
        raise click.UsageError("Either --heal or --dry-run.")
    runtime = current()
    found = _differences(runtime, instant_of(since))
    if not found:
        console.print("Our rows are as Stripe has them.")
        return
    screen().print(_drawn(found))
    about = sorted({each.about for each in found}, key=lambda each: (each.kind, each.stripe_id))
    console.print(f"{counted(len(found), 'field')} of {counted(len(about), 'object')} differ.")
    if heal:
        for each in about:
            with writing() as session:
                inbox.mark(session, each.kind, each.stripe_id, runtime.now())
        drain.drain(runtime, SystemRandom())
        runtime.wake()
        console.print("They were looked at again. Run this once more to see what is left.")
    click.get_current_context().exit(1)


def _differences(runtime: Runtime, since: datetime) -> list[Difference]:
    found: dict[Difference, None] = {}
    seen: dict[Step, set[str]] = {step: set() for step in reconcile_walk.OBJECTS}
    began_at, listed = runtime.now(), 0
    with _bar() as bar:
        task = bar.add_task("Begins", total=len(_STEPS), listed=0)
        for step, page in reconcile_walk.walk(runtime, since, Pace(), reconcile_walk.OBJECTS):
            listed += len(page.listed)
            seen[step].update(page.listed)
            found.update(dict.fromkeys(page.differences))
            _tell(bar, task, step, listed)
    for step, ids in seen.items():
        found.update(dict.fromkeys(reconcile_walk.unlisted(step, ids, since, began_at)))
    return list(found)


def _drawn(found: Iterable[Difference]) -> Table:
    drawn = Table("object", "field", "ours", "Stripe’s")
    for each in found:
        drawn.add_row(each.stripe_id, each.field, each.ours, each.stripes)
    return drawn


def _show_books(books: Books) -> None:
    if books.lines:
        drawn = Table("currency", "payments", "− refunds", "− withdrawn", "+ reinstated", "− on their way")
        for name in ("Stripe moved", "difference", "unmatched"):
            drawn.add_column(name)
        for line in books.lines:
            sums = line.sums
            parts = (sums.payments, sums.refunds, sums.withdrawn, sums.reinstated, sums.on_their_way)
            amounts = (*parts, sums.stripes, line.difference)
            drawn.add_row(
                sums.currency.upper(),
                *(format_money(line.money(amount), LOCALE) for amount in amounts),
                f"{sums.unmatched:,}",
            )
        screen().print(drawn)
    for each in books.findings.items:
        ours, stripes = ("–" if side is None else f"{side}" for side in (each.ours, each.stripes))
        said = FINDING_WORDS[each.finding]
        console.print(f"{each.stripe_id}: {said} (ours {ours}, Stripe’s {stripes} {each.currency})")
    console.print("The books agree." if books.is_balanced else "The books don’t agree.")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[listed]:,} listed"))
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _tell(bar: Progress, task: TaskID, step: Step, listed: int) -> None:
    words = STEP_WORDS[step]
    bar.update(
        task, description=f"{words[0].upper()}{words[1:]}", completed=_STEPS.index(step), listed=listed
    )
