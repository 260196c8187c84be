"""The website alone, served by waitress: the one server that survives slow clients without a proxy.

Behind a proxy that buffers, several processes are served by granian, which is handed `website`:
`granian --interface wsgi --factory --workers 2 --blocking-threads 8 donations.cli.web:website`.
"""

from __future__ import annotations

import atexit
import signal
import sys
from types import FrameType
from typing import Never

import click
import waitress
from servestatic import ServeStatic

from config import Config
from donations.cli.context import application, load_config
from donations.gateway.client import StripeGateway
from donations.jobs.tallies import keep_storing
from donations.paths import STATIC
from donations.runtime import current
from donations.services.tally import Tally

_THREADS = 8
_TIMEOUT_S = (5, 10)
_TRIES_AGAIN = 1
_UNSENT_AT_MOST = 1 << 20
"""Bytes that wait for a slow client before the view that makes them has to wait, too."""
_NEVER_SPILT = 16 << 20
"""Waitress puts what waits beyond this into a file; so much never waits, and no address gets there."""


def _hurried_gateway(config: Config, tally: Tally) -> StripeGateway:
    """A reader waits for this one, with a finger on the button: it gives up sooner than the worker's."""
    return StripeGateway(
        config.stripe_secret_key,
        config.stripe_api_base,
        timeout=_TIMEOUT_S,
        max_network_retries=_TRIES_AGAIN,
        observe=tally.note_call,
    )


def website() -> ServeStatic:
    """The whole site as one WSGI application, configured by the environment."""
    with application(_hurried_gateway) as app:
        atexit.register(keep_storing(app))
        is_developed = not current().config.is_production
        return ServeStatic(app.wsgi_app, root=str(STATIC), prefix="static/", autorefresh=is_developed)


@click.command()
def web() -> None:
    """Serve the website at HOST and PORT."""
    config = load_config()
    served = website()
    signal.signal(signal.SIGTERM, _leave)
    waitress.serve(
        served,
        host=config.host,
        port=config.port,
        threads=_THREADS,
        ident=None,
        outbuf_high_watermark=_UNSENT_AT_MOST,
        outbuf_overflow=_NEVER_SPILT,
    )


def _leave(_number: int, _frame: FrameType | None) -> Never:
    """End as Ctrl-C would, so that what was counted and not stored yet is stored."""
    sys.exit(0)
