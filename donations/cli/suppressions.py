"""`donations supporters suppress|unsuppress`: whom no mail may go to, one address or a list of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final, TextIO

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.orm import Session

from donations.cli.context import console, in_application
from donations.cli.whom import address_of, email_option, get_supporter
from donations.domain.errors import InvalidEmail
from donations.domain.supporters import mask_email, normalize_email
from donations.domain.suppressions import SuppressionReason
from donations.models.database import writing
from donations.models.vault import Vault
from donations.reports.words import counted, sentence
from donations.runtime import current
from donations.services import suppressions
from donations.services.supporters import find_by_email

_LINES_A_TRANSACTION: Final = 200
_HEADINGS: Final = frozenset({"email", "e-mail", "address", "email address", "recipient"})


class Fate(StrEnum):
    """What became of one line of a list."""

    SUPPRESSED = "suppressed"
    ALREADY = "was suppressed before"
    UNKNOWN = "not a supporter"
    UNREADABLE = "not an address"


@click.command()
@email_option
@click.option(
    "--file",
    "list_file",
    type=click.File(encoding="utf-8-sig", errors="replace"),
    help="A list, one address a line (of a CSV, the first column). `-` is stdin.",
)
@click.option(
    "--reason",
    type=click.Choice([each.value for each in SuppressionReason]),
    required=True,
    help="Whether mail came back, or somebody complained about it.",
)
@in_application
def suppress(email: str | None, list_file: TextIO | None, reason: str) -> None:
    """Send no more mail to an address, or to each of a list."""
    if (email is None) == (list_file is None):
        raise click.UsageError("Say who is meant: either --email or --file.")
    if list_file is not None:
        _suppress_all(list_file, SuppressionReason(reason))
        return
    address = address_of(email or "")
    with writing() as session:
        supporter = get_supporter(session, current().vault, address, None)
        is_new = suppressions.suppress(supporter, SuppressionReason(reason), current().now())
    said = "No more mail goes to" if is_new else "Before already, no mail went to"
    console.print(f"{said} {mask_email(address)}.", markup=False)


@click.command()
@click.option(
    "--email",
    metavar="ADDRESS",
    required=True,
    help="The address; with `-` it is asked for, or read from stdin.",
)
@in_application
def unsuppress(email: str) -> None:
    """Let mail go to an address again."""
    address = address_of(email)
    with writing() as session:
        was_suppressed = suppressions.lift(get_supporter(session, current().vault, address, None))
    said = "Mail goes again to" if was_suppressed else "Nothing kept mail from"
    console.print(f"{said} {mask_email(address)}.", markup=False)


def _suppress_all(list_file: TextIO, reason: SuppressionReason) -> None:
    """What was done of a list that breaks off stays done; doing it again changes nothing more."""
    lines = list(_lines(list_file))
    if not lines:
        raise click.ClickException("There is no address in this list.")
    fates: Counter[Fate] = Counter()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Suppressing", total=len(lines))
        for start in range(0, len(lines), _LINES_A_TRANSACTION):
            batch = lines[start : start + _LINES_A_TRANSACTION]
            for number, masked, fate in _suppress_batch(batch, reason):
                click.echo(f"line {number}\t{masked}\t{fate}")
                fates[fate] += 1
            progress.advance(task, len(batch))
    summary = ", ".join(f"{fates[fate]} {fate}" for fate in Fate if fates[fate])
    click.echo(f"{sentence(counted(len(lines), 'address', 'addresses'))} {sentence(summary)}")


def _suppress_batch(batch: list[tuple[int, str]], reason: SuppressionReason) -> list[tuple[int, str, Fate]]:
    """The number of each line, its address so that nobody else can write to it, and what became of it."""
    runtime = current()
    with writing() as session:
        return [
            (number, *_suppress_one(session, runtime.vault, text, reason, runtime.now()))
            for number, text in batch
        ]


def _suppress_one(
    session: Session, vault: Vault, text: str, reason: SuppressionReason, now: datetime
) -> tuple[str, Fate]:
    try:
        address = normalize_email(text)
    except InvalidEmail:
        return "–", Fate.UNREADABLE
    supporter = find_by_email(session, vault, address)
    if supporter is None:
        return mask_email(address), Fate.UNKNOWN
    is_new = suppressions.suppress(supporter, reason, now)
    return mask_email(address), Fate.SUPPRESSED if is_new else Fate.ALREADY


def _lines(list_file: TextIO) -> Iterator[tuple[int, str]]:
    """Each line's number and first column. A heading and empty lines are passed over."""
    for number, line in enumerate(list_file, 1):
        first = line.partition(",")[0].strip().strip('"').strip()
        if first and not (number == 1 and first.lower() in _HEADINGS):
            yield number, first
