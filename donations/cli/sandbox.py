"""The stand-in for Stripe's test mode, as a process of its own: nothing of ours imports it."""

from __future__ import annotations

import os
import sys

import click

from config import Config
from donations.cli.context import load_config


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
    """Start it alone, at SANDBOX_PORT."""
    config = load_config()
    if not config.stripe_webhook_secrets:
        raise click.ClickException("Set STRIPE_WEBHOOK_SECRETS: the sandbox signs with the first.")
    command = sandbox_command(config)
    os.execvpe(command[0], command, sandbox_environment(config))  # noqa: S606  # Our own module.
