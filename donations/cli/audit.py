"""`donations staff audit`: whether the log of what staff did is as it was written."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import Progress

from donations.cli.context import console, in_application
from donations.models.database import reading
from donations.reports.words import counted, sentence
from donations.services import audit as audit_log
from donations.services.audit import Head


@click.group()
def audit() -> None:
    """The log of what staff did with people's data."""


@audit.command("verify")
@click.option(
    "--noted",
    metavar="NUMBER:HASH",
    multiple=True,
    help="Where the log ended at another time, as this command printed it then.",
)
@in_application
def verify(noted: tuple[str, ...]) -> None:
    """Find a line that was changed, taken away or moved."""
    heads = tuple(_head_of(text) for text in noted)
    problems: list[str] = []
    number = 0
    with reading() as session, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Verifying", total=audit_log.count_lines(session))
        for verified in audit_log.verify(session, heads):
            problems += verified.problems
            progress.update(task, completed=verified.number)
            number = verified.number
        head = audit_log.head_of(session)
    for problem in problems:
        console.print(problem, markup=False)
    if problems:
        raise click.ClickException("The audit log is not as it was written.")
    console.print(f"{sentence(counted(number, 'line'))[:-1]}, each as it was written.", markup=False)
    click.echo(f"Note the end elsewhere, to compare another time: {head}")


def _head_of(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError as error:
        raise click.UsageError(f"--noted {text!r} is no number and hash, like 12:6f1c…") from error
