"""What commands share: a checked configuration, an application context, and errors in plain words."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

import click
from flask import Flask
from rich.console import Console
from sqlalchemy.exc import OperationalError, ProgrammingError

from config import Config, ConfigError
from donations.app import create_app
from donations.domain.errors import DonationError
from donations.gateway.protocol import Gateway
from donations.logs import take_over_libraries
from donations.models.database import db
from donations.services.tally import Tally

P = ParamSpec("P")
R = TypeVar("R")

_PIPE_WIDTH: Final = 240

console = Console()
"""For what a command has to say to a person; data goes to stdout by `click.echo`."""


def screen() -> Console:
    """For tables on stdout: as wide as the terminal, or wide enough that nothing is cut in a pipe."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPE_WIDTH)


def load_config() -> Config:
    """The configuration, or a clean exit that lists everything wrong with it."""
    try:
        return Config.from_env()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def application(make_gateway: Callable[[Config, Tally], Gateway] | None = None) -> Generator[Flask]:
    """The application, inside its context."""
    config = load_config()
    take_over_libraries(config)
    tally = Tally()
    gateway = None if make_gateway is None else make_gateway(config, tally)
    app = create_app(config, gateway=gateway, tally=tally)
    with app.app_context():
        try:
            yield app
        finally:
            db.engine.dispose()


def in_application(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the application; what may go wrong is told in one sentence."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with application():
            try:
                return command(*args, **kwargs)
            except DonationError as error:
                raise click.ClickException(str(error)) from error
            except (OperationalError, ProgrammingError) as error:
                raise click.ClickException(
                    "The database does not answer, or has not been set up: try `donations db upgrade`."
                ) from error

    return wrapped
