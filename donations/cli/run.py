"""`donations run`: the whole thing on one machine, started and stopped together."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from config import Config
from donations.cli.context import application, load_config
from donations.cli.processes import Processes
from donations.cli.sandbox import sandbox_command, sandbox_environment
from donations.models import StaffRole
from donations.models.database import db, writing
from donations.models.migrating import upgrade
from donations.runtime import current
from donations.services.staff_users import (
    create_staff_user,
    find_staff_user,
    password_matches,
    set_password,
)

STAFF_EMAIL: Final = "staff@example.com"
_START_S: Final = 30

console = Console()


@click.command()
def run() -> None:
    """Migrate, then start the website, the worker and, without a Stripe key, the sandbox."""
    config = load_config()
    _refuse_taken_ports(config)
    _prepare()
    processes = Processes()
    with processes.stopped_at_the_end():
        if config.uses_sandbox:
            processes.start("sandbox", sandbox_command(config), sandbox_environment(config))
        for name in ("worker", "web"):
            processes.start(name, [sys.executable, "-m", "donations.cli", name], dict(os.environ))
        if not _answers(f"http://{config.host}:{config.port}/readyz", processes):
            raise click.ClickException("The website did not come up; see above.")
        _print_addresses(config)
        processes.wait()
    if processes.failed is not None:
        raise click.ClickException(f"The {processes.failed} stopped by itself, so everything was stopped.")
    console.print("Stopped.")


def _prepare() -> None:
    with application():
        upgrade(db.engine)
        runtime = current()
        password = runtime.config.development_staff_password
        if password is None:
            return
        with writing() as session:
            _let_in(session, password, runtime.now())


def _let_in(session: Session, password: str, now: datetime) -> None:
    """Make the development login, or give it the password of this instance folder again."""
    user = find_staff_user(session, STAFF_EMAIL)
    if user is None:
        create_staff_user(session, STAFF_EMAIL, "Development", StaffRole.ADMIN, password, now)
    elif not password_matches(password, user.password_hash):
        set_password(session, user, password, now)


def _answers(url: str, processes: Processes) -> bool:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and processes.ended() is None and not processes.is_asked_to_stop:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # Our own address.
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _refuse_taken_ports(config: Config) -> None:
    wanted = {"PORT": config.port} | ({"SANDBOX_PORT": config.sandbox_port} if config.uses_sandbox else {})
    for name, port in wanted.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host, port))
            except OSError as error:
                raise click.ClickException(
                    f"Port {port} is taken or not to be had. Choose another with {name}=…, "
                    "and another INSTANCE_DIR to keep two apart."
                ) from error


def _print_addresses(config: Config) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2))
    base = config.public_base_url
    table.add_row("Article and appeal", f"{base}/")
    table.add_row("Support", f"{base}/support")
    table.add_row("Staff", f"{base}/staff")
    if config.development_staff_password is not None:
        table.add_row("  email", STAFF_EMAIL)
        table.add_row("  password", config.development_staff_password)
    if config.uses_sandbox:
        table.add_row("Stripe's stand-in", f"{config.stripe_api_base}/_sandbox/")
        table.add_row("  a card that pays", "4242 4242 4242 4242, any later date, any three digits")
    table.add_row("Data", str(config.instance_dir))
    console.print("\n[bold]Support The Moscow Times is running.[/bold] Ctrl-C stops all of it.\n")
    console.print(table)
    console.print()
