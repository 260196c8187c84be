"""`donations supporters`: what the law lets a supporter ask of us, and whom no mail may go to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import SystemRandom
from typing import Final

import click

from donations.cli.context import console, in_application
from donations.cli.suppressions import suppress, unsuppress
from donations.cli.whom import address_or_reference, email_option, get_supporter, reference_option
from donations.domain.backups import written_erased
from donations.jobs.erase import erase as carry_out
from donations.models import Supporter
from donations.models.database import reading, writing
from donations.models.vault import SealBroken
from donations.reports.words import counted
from donations.runtime import current
from donations.services import erasures
from donations.services.erasures import Outlook
from donations.services.supporter_export import export as gather

_OWNER_ONLY: Final = 0o600
_STAYS: Final = (
    "What cannot be erased: amounts, days and Stripe's ids stay in the accounts, which the law has us"
    " keep; Stripe keeps what the law asks of it; backups made before hold what they held, until they are"
    " replaced, and a restore forgets them again whom `donations supporters erased` lists."
)


@click.group()
def supporters() -> None:
    """What a supporter may ask of us: their data, to be forgotten, no more mail."""


supporters.add_command(suppress)
supporters.add_command(unsuppress)


@supporters.command("export")
@email_option
@reference_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, which only you may read, instead of stdout.",
)
@in_application
def export_command(email: str | None, reference: str | None, output: Path | None) -> None:
    """Give everything that we hold about one supporter, as JSON."""
    address, reference = address_or_reference(email, reference)
    runtime = current()
    with reading() as session:
        supporter = get_supporter(session, runtime.vault, address, reference)
        try:
            document = gather(session, runtime.vault, supporter.id, runtime.config.report_timezone)
        except SealBroken as error:
            raise click.ClickException(
                "What is sealed cannot be opened: is the master key configured that sealed it?"
            ) from error
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if output is None:
        click.echo(text)
    else:
        _write(output, text)
        console.print(f"Written to {output}, which only you may read.", markup=False)


@supporters.command("erased")
@in_application
def erased_command() -> None:
    """List who was erased, by reference alone: to be kept elsewhere, for `donations db restore --erased`."""
    with reading() as session:
        click.echo(written_erased(erasures.list_erased(session)), nl=False)


@supporters.command("erase")
@email_option
@reference_option
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--yes", "is_sure", is_flag=True, help="Don't ask whether you are sure.")
@in_application
def erase_command(email: str | None, reference: str | None, dry_run: bool, is_sure: bool) -> None:
    """Forget a supporter for good: end their recurring gifts, wipe address and names, send nothing more."""
    address, reference = address_or_reference(email, reference)
    runtime = current()
    with reading() as session:
        supporter = get_supporter(session, runtime.vault, address, reference)
        outlook = erasures.look_ahead(session, supporter.id)
    if supporter.erased_at is not None:
        console.print(f"This supporter was erased on {supporter.erased_at:%Y-%m-%d}.")
        return
    _announce(outlook, is_only_said=dry_run)
    if dry_run:
        return
    if not is_sure and click.prompt("This cannot be undone. Type yes to erase", default="no") != "yes":
        raise click.ClickException("Nothing was erased.")
    _erase(supporter.id)


def _erase(supporter_id: int) -> None:
    runtime = current()
    with writing() as session:
        supporter = session.get_one(Supporter, supporter_id)
        erasures.ask(session, supporter, runtime.now())
        claimed = erasures.claim(session, supporter_id, runtime.now())
    is_done = carry_out(runtime, claimed, SystemRandom())
    runtime.wake()
    if not is_done:
        raise click.ClickException(
            "The wish is written down, but not all of it could be done now. The worker goes on with it by"
            " itself; the supporter's staff page says how far it got."
        )
    console.print("Erased.")


def _announce(outlook: Outlook, *, is_only_said: bool) -> None:
    would = "would" if is_only_said else "will"
    gifts = counted(outlook.running_gifts, "recurring gift")
    customers = counted(outlook.customers, "customer")
    attempts = counted(outlook.attempts, "attempt")
    letters = counted(outlook.waiting_letters, "letter")
    console.print(f"Address and name {would} be wiped, and what was given with {attempts} to give.")
    console.print(f"Stripe {would} delete {customers}; {gifts} {would} end at once.")
    console.print(f"Of letters that wait, {letters} {would} not be sent.")
    console.print(f"In the accounts, without a name, {would} stay {counted(outlook.donations, 'donation')}.")
    console.print(_STAYS)


def _write(path: Path, text: str) -> None:
    """Never readable by others, not even while it is written or where the file was there before."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), _OWNER_ONLY)
            file.truncate()
            file.write(f"{text}\n")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
