"""A running stack on each database, and a reader of each kind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.databases import PostgresTemplate, temporary_folder
from tests.journeys.givers import BrowserGiver, Giver, HttpGiver
from tests.journeys.stack import Stack
from tests.redis_server import running_redis

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """On the embedded SQLite, as `make run` starts it."""
    folder = temporary_folder()
    stack = Stack(folder / "instance").start()
    yield stack
    stack.stop()
    shutil.rmtree(folder)


@pytest.fixture
def postgres_stack(postgres_template: PostgresTemplate) -> Iterator[Stack]:
    """The same on PostgreSQL, its queue too."""
    folder = temporary_folder()
    with postgres_template.fresh() as url:
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        stack = Stack(folder / "instance", {"DATABASE_URL": plain, "QUEUE_URL": plain}).start()
        yield stack
        stack.stop()
    shutil.rmtree(folder)


@pytest.fixture
def redis_stack() -> Iterator[Stack]:
    """The embedded database, and a queue in Redis."""
    folder = temporary_folder()
    with running_redis() as url:
        stack = Stack(folder / "instance", {"QUEUE_URL": url}).start()
        yield stack
        stack.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_giver(browser: Browser) -> Iterator[BrowserGiver]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    giver = BrowserGiver(context.new_page())
    yield giver
    context.close()
    assert giver.console == [], "the browser complained"


@pytest.fixture(
    params=["http", pytest.param("browser", marks=pytest.mark.browser)], ids=["without-javascript", "browser"]
)
def giver(request: pytest.FixtureRequest) -> Giver:
    return HttpGiver() if request.param == "http" else request.getfixturevalue("browser_giver")


@pytest.fixture
def artifacts() -> Path:
    """Where screenshots are kept for a person to look at."""
    folder = Path(__file__).parents[2] / ".test-artifacts"
    folder.mkdir(exist_ok=True)
    return folder
