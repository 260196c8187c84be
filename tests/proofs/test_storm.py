"""Twenty processes that are killed at random and at boundaries, while Stripe fails and everything comes
doubled and in disorder: no divergence from what Stripe says, and no effect twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config import Config
from tests.databases import temporary_folder
from tests.proofs.databases import ON_SQLITE
from tests.proofs.prefork import Kills
from tests.proofs.restarts import RestartablePostgres
from tests.proofs.storm import Force, Storm, assert_nothing_lost_or_doubled, storm

BREEZE = Force(
    seed=20, webs=3, workers=2, gifts=8, months=1, endpoints=2, kills=Kills(seed=20, every=0.7, boundaries=60)
)
HURRICANE = Force(
    seed=6,
    webs=12,
    workers=8,
    gifts=150,
    months=5,
    endpoints=4,
    kills=Kills(seed=6, every=0.4, boundaries=400),
)
GALE = replace(HURRICANE, seed=15, gifts=30, months=2, kills=Kills(seed=15, every=0.4, boundaries=400))
SHORT = pytest.param(BREEZE, id="short")
MIDDLE = pytest.param(GALE, id="middle", marks=pytest.mark.prove)
LONG = pytest.param(HURRICANE, id="long", marks=pytest.mark.prove)


def let_it_blow(world: Storm, restart: RestartablePostgres | None = None) -> str:
    """Gifts, then month after month; some is disputed and given back. Returns what was seen."""
    began = time.monotonic()
    half = world.force.gifts // 2
    world.give_all(0, half)
    if restart is not None:
        restart.restart()
    world.give_all(half, world.force.gifts)
    for _ in range(world.force.months):
        world.trouble_payments()
        world.control("clock", days=31)
    world.calm()
    assert_nothing_lost_or_doubled(world)
    return (
        f"seed {world.force.seed}: {world.force.webs} websites and {world.force.workers} workers, "
        f"{world.deliveries()} deliveries, {world.site.deaths} killed, "
        f"{0 if restart is None else restart.restarts} restarts of the database, "
        f"{world.lost_answers} answers lost, {time.monotonic() - began:.0f} s"
    )


@ON_SQLITE
@pytest.mark.parametrize("force", [SHORT, MIDDLE, LONG])
def test_on_one_file(shared: Config, tmp_path: Path, force: Force, figures: Callable[[str], None]) -> None:
    with storm(shared, tmp_path, force) as world:
        figures(let_it_blow(world))


@pytest.fixture
def restartable() -> Iterator[RestartablePostgres]:
    with RestartablePostgres.in_folder(temporary_folder()) as server:
        yield server


@pytest.mark.prove
@pytest.mark.parametrize("force", [SHORT, MIDDLE, LONG])
def test_on_a_server_that_is_restarted(
    restartable: RestartablePostgres, tmp_path: Path, force: Force, figures: Callable[[str], None]
) -> None:
    with restartable.fresh() as url:
        base = Config.from_env({"INSTANCE_DIR": str(tmp_path / "instance")})
        config = replace(base, database_url=url, queue_url=url)
        with storm(config, tmp_path, force) as world:
            figures(let_it_blow(world, restartable))
