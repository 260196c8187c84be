"""`python -m donations.sandbox`: run the sandbox until it is told to stop."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType

import click

from donations.sandbox.loopback import NotLoopback
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings


@click.command(
    help="A stand-in for Stripe's test mode, on loopback. Every option may come from the environment."
)
@click.option("--host", envvar="SANDBOX_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="SANDBOX_PORT", type=int, default=12111, show_default=True)
@click.option(
    "--data-dir",
    envvar="INSTANCE_DIR",
    type=click.Path(path_type=Path),
    default=Path("instance"),
    show_default=True,
)
@click.option("--webhook-url", envvar="SANDBOX_WEBHOOK_URL", help="Where events are delivered.")
@click.option(
    "--webhook-secret", envvar="SANDBOX_WEBHOOK_SECRET", default="whsec_sandbox", help="Signs deliveries."
)
@click.option("--thin", envvar="SANDBOX_THIN", is_flag=True, help="Deliver thin events instead of snapshots.")
@click.option(
    "--settle-delay", type=float, default=1.0, show_default=True, help="Seconds until late facts arrive."
)
def main(
    host: str,
    port: int,
    data_dir: Path,
    webhook_url: str | None,
    webhook_secret: str,
    thin: bool,
    settle_delay: float,
) -> None:
    settings = Settings(
        data_dir=data_dir,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
        thin=thin,
        host=host,
        port=port,
        settle_delay=settle_delay,
    )
    server = _open(settings)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.ask_to_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    click.echo(f"Sandbox ready on {server.base_url} (controls: {server.base_url}/_sandbox/)")
    server.serve()


def _open(settings: Settings) -> SandboxServer:
    """Refuses in words where it has no business: in production, and on a network."""
    if os.environ.get("DONATIONS_ENV", "").strip() == "production":
        raise click.ClickException("The sandbox takes no money, so it does not start in production.")
    try:
        return SandboxServer(settings)
    except NotLoopback as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
