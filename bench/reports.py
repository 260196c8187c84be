"""How report pages fare as donations grow: `python -m bench.reports`, on PostgreSQL.

For each size a made-up history of five years is written, its sums are built, and each page is asked for a
fixed year and for a fixed month. What is told are medians of the server's time, and ratios: the largest
size to the smallest, a refresh to a rebuild, and sums to plain scans in the same run.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import click
import structlog
from flask import Flask
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text

from bench.postgres import database, server
from bench.staff import logged_in
from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.periods import Period
from donations.jobs import refresh_rollups
from donations.models.database import db, reading, writing
from donations.reports import sums
from donations.reports.filters import Filters
from donations.reports.registry import REPORTS
from donations.services.demo import DemoPlan, is_empty, write

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
YEAR = "from=2025-11-01&to=2026-10-31"
MONTH = "from=2026-10-01&to=2026-10-31"
LISTS = ("/staff/supporters", "/staff/donations")
ROUNDS = 7
NEWS = 1_000
GOAL_MS = 300

SCAN_OF_MONTHS = """
    SELECT date_trunc('month', charged_at AT TIME ZONE 'Europe/Amsterdam'), currency, SUM(amount)
    FROM donation GROUP BY 1, 2
"""
LATEST_STATES = """
    SELECT m.ends, SUM(l.annual) FROM generate_series(0, 35) AS n
    CROSS JOIN LATERAL (SELECT TIMESTAMPTZ '2026-11-01' - n * INTERVAL '1 month' AS ends) AS m
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (subscription_id) annual_before + annual_amount AS annual FROM movement
        WHERE occurred_at < m.ends ORDER BY subscription_id, id DESC) AS l
    GROUP BY m.ends
"""
MORE_DONATIONS = """
    INSERT INTO donation (supporter_id, source, frequency, amount, currency, refunded_amount,
                          stripe_payment_intent_id, charged_at, charged_on, recorded_at)
    SELECT supporter_id, source, frequency, amount, currency, 0, 'pi_more_' || id || '_' || :run,
           charged_at, charged_on, recorded_at
    FROM donation WHERE source = 'stripe' ORDER BY id DESC LIMIT :number
"""

console = Console(width=120)


@dataclass
class Found:
    """What was measured at one size. Times are seconds."""

    donations: int
    write: float = 0.0
    rebuild: float = 0.0
    refresh: float = 0.0
    scan: float = 0.0
    months: float = 0.0
    states: float = 0.0
    ledger: float = 0.0
    pages: dict[str, float] = field(default_factory=dict[str, float])


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    work()
    return statistics.median(timed(work) for _ in range(rounds))


def fill(supporters: int, found: Found) -> None:
    running = runtime.current()
    plan = DemoPlan(supporters, 5, NOW, 1, ZONE, running.offers)
    with reading() as session:
        is_new = is_empty(session)
    if is_new:
        with Progress(console=console, transient=True) as bar, writing() as session:
            task = bar.add_task("Supporters", total=supporters)
            began = time.perf_counter()
            write(session, running.vault, plan, lambda more: bar.advance(task, more))
        found.write = time.perf_counter() - began
    with writing() as session:
        session.execute(text("ANALYZE"))
        found.donations = session.execute(text("SELECT COUNT(*) FROM donation")).scalar_one()


def build(found: Found) -> None:
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Sums", total=None)

        def show_progress(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of)

        found.rebuild = timed(lambda: refresh_rollups.rebuild(runtime.current(), show_progress))
    with writing() as session:
        session.execute(text("ANALYZE"))


def measure_pages(app: Flask, found: Found) -> None:
    client = logged_in(app)
    paths = [f"/staff/reports/{slug}?{period}" for slug in REPORTS for period in (YEAR, MONTH)]
    for path in (*paths, *LISTS):
        with console.status(path):
            found.pages[path] = median(lambda path=path: ask(client.get(path)))


def ask(response: object) -> None:
    assert getattr(response, "status_code", 0) == 200, response


def measure_sums(found: Found) -> None:
    whole = Filters(Period(date(2021, 11, 1), date(2026, 10, 31)), NOW, ZONE)

    def months() -> None:
        with reading() as session:
            by_month = sums.money_by(session, whole, whole.period, "month", "currency")
        assert len({month for month, _ in by_month}) == 60

    def ledger() -> None:
        three_years = Period(date(2023, 12, 1), date(2026, 10, 31))
        with reading() as session:
            opening = sums.stood_on(session, whole, date(2023, 11, 30), "currency")
            moved = sums.movements_by(session, whole, three_years, "month", "currency")
        at_ends = [opening[key].annual for key in sorted(opening)]
        for month in sorted({month for month, _ in moved}):
            at_ends.extend(moved[key].annual for key in sorted(moved) if key[0] == month)
        assert len({month for month, _ in moved}) == 35

    found.months, found.ledger = median(months), median(ledger)
    with reading() as session:
        found.scan = median(lambda: session.execute(text(SCAN_OF_MONTHS)).all(), 3)
        found.states = median(lambda: session.execute(text(LATEST_STATES)).all(), 1)


def measure_refresh(found: Found) -> None:
    with writing() as session:
        session.execute(text(MORE_DONATIONS), {"number": NEWS, "run": time.time_ns()})
    found.refresh = timed(lambda: refresh_rollups.refresh_all(runtime.current()))


def measure(url: str, folder: Path, supporters: int, *, only_fill: bool, keep_sums: bool) -> Found:
    base = Config.from_env({"INSTANCE_DIR": str(folder)})
    app = create_app(replace(base, database_url=url), now=lambda: NOW)
    found = Found(0)
    with app.app_context():
        fill(supporters, found)
        if only_fill:
            return found
        if not keep_sums:
            build(found)
        measure_pages(app, found)
        measure_sums(found)
        measure_refresh(found)
        db.engine.dispose()
    return found


def show(all_found: list[Found]) -> None:
    smallest, largest = all_found[0], all_found[-1]
    pages = Table("page", *(f"{each.donations:,}" for each in all_found), "ratio", title="Server time, ms")
    for path in smallest.pages:
        times = [each.pages[path] * 1000 for each in all_found]
        pages.add_row(path, *(f"{each:.0f}" for each in times), f"{times[-1] / times[0]:.2f}")
    console.print(pages)
    worst = max(largest.pages.values()) * 1000
    console.print(f"Slowest page at {largest.donations:,}: {worst:.0f} ms (goal: {GOAL_MS})")
    for each in all_found:
        console.print(
            f"{each.donations:,} donations: {written(each)}; {rebuilt(each)},"
            f" {NEWS:,} new facts taken in in {each.refresh * 1000:.0f} ms;"
            f" month totals {each.months * 1000:.1f} ms, by a scan {each.scan * 1000:.0f} ms"
            f" ({each.scan / each.months:.0f} times);"
            f" MRR at 36 month-ends {each.ledger * 1000:.1f} ms, by latest states"
            f" {each.states * 1000:.0f} ms ({each.states / each.ledger:.0f} times)"
        )


def written(found: Found) -> str:
    if not found.write:
        return "written before"
    return f"written in {found.write:.0f} s ({found.donations / found.write * 60:,.0f} a minute)"


def rebuilt(found: Found) -> str:
    if not found.rebuild:
        return "sums built before"
    return f"sums rebuilt in {found.rebuild:.1f} s (a refresh is {found.refresh / found.rebuild:.2%} of it)"


@click.command(help=__doc__)
@click.option(
    "--supporters", "sizes", type=int, multiple=True, default=(10_000, 100_000, 1_000_000), show_default=True
)
@click.option("--kept-in", type=click.Path(path_type=Path), help="A folder that keeps all for another run.")
@click.option("--only-fill", is_flag=True, help="Write the histories, and measure another time.")
@click.option("--keep-sums", is_flag=True, help="Don't rebuild the sums, which a run before has built.")
def main(sizes: tuple[int, ...], kept_in: Path | None, *, only_fill: bool, keep_sums: bool) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    all_found: list[Found] = []
    # The keys are kept beside the database: without them nobody can be shown.
    postgres = None if kept_in is None else kept_in / "postgres"
    with TemporaryDirectory() as temporary, server(postgres) as running:
        folder = temporary if kept_in is None else kept_in / "instance"
        for size in sizes:
            url = database(running, f"size_{size}")
            all_found.append(measure(url, Path(folder), size, only_fill=only_fill, keep_sums=keep_sums))
            if only_fill:
                console.print(f"{all_found[-1].donations:,} donations {written(all_found[-1])}")
            else:
                show(all_found)


if __name__ == "__main__":
    main()
