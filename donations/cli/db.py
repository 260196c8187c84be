"""The database: its schema, and copies of it."""

from __future__ import annotations

import click

from donations.cli.backups import backup, restore
from donations.cli.context import console, in_application
from donations.models.database import db as database
from donations.models.migrating import current_revision, newest_revision, upgrade


@click.group()
def db() -> None:
    """The database: its schema, and copies of it."""


db.add_command(backup)
db.add_command(restore)


@db.command("upgrade")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@in_application
def upgrade_command(dry_run: bool) -> None:
    """Apply every migration that is missing."""
    before, newest = current_revision(database.engine), newest_revision()
    if before == newest:
        console.print(f"The schema is up to date ({newest}).")
    elif dry_run:
        console.print(f"Would bring the schema from {before or 'nothing'} to {newest}.")
    else:
        upgrade(database.engine)
        console.print(f"The schema went from {before or 'nothing'} to {newest}.")


@db.command("status")
@in_application
def status_command() -> None:
    """Say which revision the database has, and which is the newest."""
    console.print(f"{current_revision(database.engine) or 'nothing'} of {newest_revision()}")
