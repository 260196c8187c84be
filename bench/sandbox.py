"""How long a year of many monthly subscriptions takes in the sandbox. `make bench` prints it.

The application is not there: what is measured is the sandbox alone, over its own HTTP, with the
progress that `donations sandbox advance` shows.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
import requests

from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings

_FORM = {"cardNumber": "4242424242424242", "cardExpiry": "12 / 44", "cardCvc": "123"}
_YEAR = 366
_PAID_RENEWALS = (
    "SELECT count(*) FROM objects WHERE kind = 'invoice'"
    " AND json_extract(body, '$.billing_reason') = 'subscription_cycle'"
    " AND json_extract(body, '$.status') = 'paid'"
)


def subscribe(http: requests.Session, base: str, number: int) -> None:
    line = "line_items[0]"
    session = http.post(
        f"{base}/v1/checkout/sessions",
        {
            "mode": "subscription",
            "success_url": f"{base}/done",
            f"{line}[quantity]": "1",
            f"{line}[price_data][currency]": "eur",
            f"{line}[price_data][unit_amount]": "1000",
            f"{line}[price_data][recurring][interval]": "month",
            f"{line}[price_data][product_data][name]": "Support The Moscow Times",
        },
        timeout=60,
    ).json()
    paid = http.post(
        session["url"], {**_FORM, "email": f"reader{number}@example.org"}, allow_redirects=False, timeout=60
    )
    paid.raise_for_status()


def live_a_year(http: requests.Session, base: str) -> int:
    """Returns the number of steps taken."""
    wanted: dict[str, object] = {"days": _YEAR}
    steps = 0
    with click.progressbar(length=_YEAR, label="A year") as bar:
        start = http.get(f"{base}/_sandbox/health", timeout=60).json()["now"]
        while True:
            answer = http.post(f"{base}/_sandbox/clock", json={**wanted, "most": 500}, timeout=600).json()
            steps += answer["steps"]
            bar.update((answer["now"] - start) // 86_400 - bar.pos)
            if answer["done"]:
                return steps
            wanted = {"to": answer["to"]}


@click.command(help=__doc__)
@click.option("--subscriptions", default=1000, show_default=True)
def main(subscriptions: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxServer(Settings(Path(folder), port=0)) as server,
        requests.Session() as http,
    ):
        http.headers["Authorization"] = "Bearer sk_test_bench"
        with click.progressbar(range(subscriptions), label="Subscriptions") as numbers:
            for number in numbers:
                subscribe(http, server.base_url, number)
        began = time.perf_counter()
        steps = live_a_year(http, server.base_url)
        seconds = time.perf_counter() - began
        renewals = server.world.store.execute(_PAID_RENEWALS)[0][0]
    click.echo(
        f"A year of {subscriptions} subscriptions: {seconds:.1f} s, {renewals} renewals, {steps} steps,"
        f" {seconds / max(1, renewals) * 1000:.1f} ms a renewal"
    )


if __name__ == "__main__":
    main()
