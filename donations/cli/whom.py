"""How a command is told whom it is about, without leaving an address where others may read it."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.errors import InvalidEmail
from donations.domain.supporters import normalize_email
from donations.models import Supporter
from donations.models.vault import Vault
from donations.services.supporters import find_by_email

_STDIN = "-"

email_option = click.option(
    "--email",
    metavar="ADDRESS",
    help="The address. With `-` it is asked for, or read from stdin: an address that is typed here"
    " stays in the shell's history, and others on this machine may see it while the command runs.",
)
reference_option = click.option(
    "--reference", metavar="REFERENCE", help="The supporter's reference, as the staff pages show it."
)


def address_of(email: str) -> str:
    """The address meant by `--email`, in its one spelling."""
    given = _asked_for() if email == _STDIN else email
    try:
        return normalize_email(given)
    except InvalidEmail as error:
        raise click.ClickException(f"{error}.") from error


def address_or_reference(email: str | None, reference: str | None) -> tuple[str | None, str | None]:
    """Exactly one of the two, the address in its one spelling."""
    if (email is None) == (reference is None):
        raise click.UsageError("Say who is meant: either --email or --reference.")
    return (None if email is None else address_of(email)), reference


def get_supporter(session: Session, vault: Vault, address: str | None, reference: str | None) -> Supporter:
    """The one who is meant; a clear error where nobody is."""
    if address is not None:
        found = find_by_email(session, vault, address)
    else:
        found = session.scalar(select(Supporter).where(Supporter.reference == reference))
    if found is None:
        what = "address" if address is not None else "reference"
        raise click.ClickException(f"There is no supporter with this {what}.")
    return found


def _asked_for() -> str:
    if sys.stdin.isatty():
        return click.prompt("Address")
    return sys.stdin.readline()
