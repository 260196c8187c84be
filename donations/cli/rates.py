"""`donations reports rates`: store the reference rates that figures in euros rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

import click
from rich.table import Table

from donations.cli.context import console, in_application, screen
from donations.domain.ecb import MOST_PROBLEMS, EcbTable, read_table
from donations.domain.periods import local_day
from donations.domain.rates import written_rate
from donations.models.database import reading, writing
from donations.reports.words import counted
from donations.runtime import current
from donations.services.rate_uploads import named
from donations.services.reference_rates import Fate, RateLine, Recording, count_fates, fates_of, store

_FATES: Final = {
    Fate.ADDED: "new",
    Fate.REPLACED: "replaces the former",
    Fate.KEPT_OUT: "kept out: the month has another",
}


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing.")
@click.option("--replace", is_flag=True, help="Let other values of a month that has one replace it.")
@in_application
def rates(file: BinaryIO, dry_run: bool, replace: bool) -> None:
    """Store the rates of a table of the European Central Bank.

    FILE is its eurofxref-hist.csv or eurofxref.csv, or a CSV of the series EXR from its Data Portal.
    What is given by day becomes the mean of each month.
    """
    now, zone = current().now(), current().config.report_timezone
    table = read_table(file.read(), local_day(now, zone))
    if table.problems:
        raise click.ClickException(_refusal(table))
    if dry_run:
        with reading() as session:
            lines = fates_of(session, table.rates, replaces=replace)
    else:
        recording = Recording(named(file.name), None, now, zone)
        with writing() as session:
            lines = store(session, table.rates, recording, replaces=replace)
    _tell(lines, table.left_out, dry_run=dry_run)


def _refusal(table: EcbTable) -> str:
    named = [f"Line {each.line}: {each.reason}" for each in table.problems]
    rest = ["There may be more."] if len(named) >= MOST_PROBLEMS else []
    return "\n".join(("Nothing of this table can be used.", *named, *rest))


def _tell(lines: Sequence[RateLine], left_out: Iterable[str], *, dry_run: bool) -> None:
    differing = [line for line in lines if line.fate in _FATES]
    if differing:
        screen().print(_drawn(differing))
    fates = count_fates(lines)
    stored = fates[Fate.ADDED] + fates[Fate.REPLACED]
    said = f"{counted(stored, 'rate')} {'would be stored' if dry_run else 'stored'}"
    rest = f"{fates[Fate.SAME]:,} as known, {fates[Fate.KEPT_OUT]:,} kept out"
    console.print(f"{said[0].upper()}{said[1:]}; {rest}.")
    if fates[Fate.KEPT_OUT]:
        console.print("With --replace they replace the rates that their months have.")
    codes = ", ".join(left_out)
    if codes:
        console.print(f"Left out, because nobody can give in them: {codes}.")


def _drawn(lines: Iterable[RateLine]) -> Table:
    drawn = Table("month", "currency", "one euro", "until now", "mean of", "fate")
    for column in drawn.columns[2:5]:
        column.justify = "right"
    for line in lines:
        rate = line.rate
        drawn.add_row(
            f"{rate.month:%Y-%m}",
            rate.currency.upper(),
            written_rate(rate.per_euro),
            "–" if line.known is None else written_rate(line.known),
            "–" if rate.days is None else f"{rate.days} days" if rate.days > 1 else "1 day",
            _FATES[line.fate],
        )
    return drawn
