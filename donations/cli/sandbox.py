"""The stand-in for Stripe's test mode, as a process of its own: nothing of ours imports it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
import requests
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from config import Config
from donations.cli.context import load_config

_STEPS_A_CALL = 500
"""So that a call takes about a second, and the bar moves."""
_MOST_WAITING = 2000
"""Deliveries that may wait while the clock goes on: the site should live through the year as well."""
_TIMEOUT = (5, 120)


def sandbox_command(config: Config) -> list[str]:
    """How the sandbox is started for this configuration; its secret goes by the environment."""
    return [
        sys.executable, "-m", "donations.sandbox",
        "--port", str(config.sandbox_port),
        "--data-dir", str(config.instance_dir / "sandbox"),
        "--webhook-url", f"http://{config.host}:{config.port}/webhooks/stripe",
    ]  # fmt: skip


def sandbox_environment(config: Config) -> dict[str, str]:
    return {**os.environ, "SANDBOX_WEBHOOK_SECRET": config.stripe_webhook_secrets[0]}


@click.group()
def sandbox() -> None:
    """The stand-in for Stripe's test mode."""


@sandbox.command("run")
def run_command() -> None:
    """Start it alone, at SANDBOX_PORT. Never in production."""
    config = load_config()
    if config.is_production:
        raise click.ClickException(
            "The sandbox stands in for Stripe and takes no money, so it does not start in production "
            "(DONATIONS_ENV=production)."
        )
    if not config.stripe_webhook_secrets:
        raise click.ClickException("Set STRIPE_WEBHOOK_SECRETS: the sandbox signs with the first.")
    command = sandbox_command(config)
    os.execvpe(command[0], command, sandbox_environment(config))  # noqa: S606  # Our own module.


@sandbox.command("advance")
@click.option("--days", type=click.IntRange(min=1), help="How many days.")
@click.option("--to-next-renewal", is_flag=True, help="Until shortly after the next gift is charged.")
@click.option("--no-wait", is_flag=True, help="Don't let the site keep pace with the webhooks.")
def advance_command(days: int | None, to_next_renewal: bool, no_wait: bool) -> None:
    """Move its clock forward: subscriptions renew, fail, are retried and end on the way.

    The site's clock follows, but sees only where it stands: what the site should do on a day of its
    own, such as a reminder between two retries, wants a stop on that day.
    """
    if (days is None) == (not to_next_renewal):
        raise click.UsageError("Say either --days N or --to-next-renewal.")
    url = f"http://127.0.0.1:{load_config().sandbox_port}/_sandbox"
    wanted: dict[str, Any] = {"to_next_renewal": True} if to_next_renewal else {"days": days}
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as bar, requests.Session() as http:
            http.trust_env = False
            _follow(bar, _travel(http, url, wanted, may_wait=not no_wait))
    except requests.ConnectionError as error:
        raise click.ClickException(f"No sandbox answers at {url}: start it with 'donations run'.") from error


def _travel(
    http: requests.Session, url: str, wanted: dict[str, Any], *, may_wait: bool
) -> Iterator[dict[str, Any]]:
    """The sandbox's answers: the first tells where it begins, each further one how far it is."""
    start = _answer(http.get(f"{url}/health", timeout=_TIMEOUT))
    yield start
    while True:
        answer = _answer(http.post(f"{url}/clock", json={**wanted, "most": _STEPS_A_CALL}, timeout=_TIMEOUT))
        yield answer
        if answer["done"]:
            return
        wanted = {"to": answer["to"]}
        if may_wait:
            _let_deliveries_leave(http, url, answer["deliveries_waiting"])


def _let_deliveries_leave(http: requests.Session, url: str, waiting: int) -> None:
    """Wait while too many wait and they get fewer; if nobody takes them, there is nobody to wait for."""
    while waiting > _MOST_WAITING:
        time.sleep(1)
        left = _answer(http.post(f"{url}/clock", json={"seconds": 0}, timeout=_TIMEOUT))["deliveries_waiting"]
        if left >= waiting:
            return
        waiting = left


def _answer(response: requests.Response) -> dict[str, Any]:
    answer: dict[str, Any] = response.json()
    if response.status_code != requests.codes.ok:
        raise click.ClickException(answer["error"]["message"])
    return answer


def _follow(bar: Progress, answers: Iterator[dict[str, Any]]) -> None:
    start: int = next(answers)["now"]
    task, steps = bar.add_task(_date(start)), 0
    for answer in answers:
        steps += answer["steps"]
        bar.update(
            task,
            total=answer["to"] - start,
            completed=answer["to"] - start if answer["done"] else answer["now"] - start,
            description=f"{_date(answer['now'])} · {steps} steps",
        )


def _date(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%-d %B %Y")
