"""`donations reports`: the same figures as the staff pages, for a terminal or another program."""

from __future__ import annotations

import json
import sys
from datetime import date
from fractions import Fraction
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table as Drawn

from donations.cli.context import console, in_application, screen
from donations.domain.money import Money
from donations.jobs import refresh_rollups
from donations.models.database import reading
from donations.reports.csv import stream_report
from donations.reports.facts import not_followed
from donations.reports.filter_words import NO_ORIGIN
from donations.reports.filters import read_filters
from donations.reports.registry import REPORTS
from donations.reports.table import Cell, Report, Table
from donations.runtime import current


@click.group()
def reports() -> None:
    """Reports, as staff see them."""


@reports.command("list")
def list_command() -> None:
    """List the reports there are."""
    for slug, entry in REPORTS.items():
        click.echo(f"{slug}\t{entry.title}")


@reports.command("rebuild")
@click.option("--dry-run", is_flag=True, help="Say where the sums in use differ; change nothing.")
@in_application
def rebuild(dry_run: bool) -> None:
    """Build the sums that reports read anew from the rows."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console
    ) as bar:
        task = bar.add_task("", total=None)

        def show_progress(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of)

        if not dry_run:
            refresh_rollups.rebuild(current(), show_progress)
            found = ()
        else:
            found = refresh_rollups.differences(current(), show_progress)
    if not dry_run:
        console.print("The sums are built anew.")
    elif not found:
        console.print("The sums in use are those that the rows say. Nothing would change.")
    for each in found:
        console.print(f"{each.table}: {each.missing} lines are missing, {each.wrong} are wrong")
    if found:
        raise click.exceptions.Exit(1)


@reports.command("show")
@click.argument("slug", type=click.Choice(list(REPORTS)))
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@click.option("--preset", help="A named period, such as last-30-days.")
@click.option("--from", "first", metavar="DAY", help="The first day, like 2026-11-01.")
@click.option("--to", "last", metavar="DAY", help="The last day.")
@click.option("--compare", help="before, or year: the days before, or the same a year before.")
@click.option("--zone", help="Whose days: that of all reports, Europe/Moscow or UTC.")
@click.option("--currency", help="Like eur.")
@click.option("--frequency", help="once, monthly or annual.")
@click.option("--campaign", help=f"As links name it; {NO_ORIGIN} for gifts without one.")
@click.option("--article", help="In the same way.")
@click.option("--placement", help="In the same way.")
@click.option("--status", help="Of recurring gifts, as Stripe spells it: active, past_due, ...")
@click.option("--known-on", metavar="DAY", help="As it was known at the end of that day.")
@in_application
def show(slug: str, form: str, **words: str | None) -> None:
    """Show one report."""
    names = {"first": "from", "last": "to"}
    given = {names.get(name, name): word for name, word in words.items() if word}
    runtime = current()
    asked = read_filters(given, runtime.now(), runtime.config.report_timezone)
    ignored = not_followed(asked.filters, REPORTS[slug].applies)
    for problem in (*asked.problems, *([ignored] if ignored else [])):
        click.echo(problem, err=True)
    with reading() as session:
        report = REPORTS[slug].run(session, asked.filters)
    if form == "csv":
        sys.stdout.writelines(stream_report(report))
    elif form == "json":
        click.echo(json.dumps(_as_json(report), indent=2, ensure_ascii=False))
    else:
        _draw(report)


def _draw(report: Report) -> None:
    page = screen()
    page.print(f"[bold]{report.title}[/bold]  {report.summary}")
    for name, value in report.facts:
        page.print(f"{name}: {value}", style="dim")
    for table in report.tables:
        drawn = Drawn(title=f"{table.title}. {table.sentence}", title_justify="left")
        for column in table.columns:
            drawn.add_column(column.label, justify="right" if column.kind.is_numeric else "left")
        for row in table.rows:
            drawn.add_row(*(_text(cell) for cell in row))
        page.print(drawn)


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    return f"{float(cell):.1%}" if isinstance(cell, Fraction) else str(cell)


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "report": report.slug,
        "facts": dict(report.facts),
        "tables": {table.slug: _table_as_json(table) for table in report.tables},
    }


def _table_as_json(table: Table) -> dict[str, Any]:
    keys = [column.key for column in table.columns]
    return {
        "title": table.title,
        "definitions": {each.term: each.text for each in table.explained},
        "rows": [dict(zip(keys, map(_value, row), strict=True)) for row in table.rows],
    }


def _value(cell: Cell) -> Any:
    """Money in minor units; the row names its currency."""
    match cell:
        case Money():
            return cell.amount
        case date():
            return cell.isoformat()
        case Fraction():
            return float(cell)
        case _:
            return cell
