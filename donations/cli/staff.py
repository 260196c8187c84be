"""Who may log in to the staff pages."""

from __future__ import annotations

import secrets

import click

from donations.cli.audit import audit
from donations.cli.context import console, in_application
from donations.models import StaffRole
from donations.models.database import writing
from donations.runtime import current
from donations.services.staff_users import create_staff_user


@click.group()
def staff() -> None:
    """Staff logins, and what staff did."""


staff.add_command(audit)


@staff.command("create")
@click.option("--email", required=True, help="The work address, which is the login name.")
@click.option("--name", default="", help="Shown on the pages; the address's first part by default.")
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), default=StaffRole.VIEWER.value)
@click.option("--password", envvar="STAFF_PASSWORD", help="Asked for or invented where it is not given.")
@click.option("--invent-password", is_flag=True, help="Invent a password and print it.")
@in_application
def create(email: str, name: str, role: str, password: str | None, invent_password: bool) -> None:
    """Add a member of staff."""
    chosen = password or (secrets.token_urlsafe(15) if invent_password else _ask())
    with writing() as session:
        create_staff_user(
            session,
            email=email,
            name=name or email.partition("@")[0],
            role=StaffRole(role),
            password=chosen,
            now=current().now(),
        )
    console.print(f"{email} may log in at {current().config.public_base_url}/staff as {role}.")
    if invent_password and not password:
        console.print(f"Password: {chosen}", markup=False)


def _ask() -> str:
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)
