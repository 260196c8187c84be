"""Every list of the API: its cursors, its bounds in time, and each filter that names a field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from donations.sandbox.api.description import operation
from donations.sandbox.api.routes import ROUTES
from tests.sandbox.random_walk import HEADERS, new_walker

LISTS = sorted(
    path for method, path in ROUTES if method == "GET" and "{" not in path and path != "/v1/account"
)
NOT_DONE = {"customer_account", "payment_link", "payout", "transfer_group"}
"""Filters by what the sandbox has none of: accounts of customers, payment links, payouts, transfers."""


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """Of a world in which a good deal has happened."""
    with new_walker() as walker:
        for seed in range(60):
            walker.step(seed)
        yield walker.client


def ask(client: FlaskClient, path: str, **parameters: Any) -> Any:
    answer = client.get(path, query_string=parameters, headers=HEADERS)
    assert answer.status_code == 200, (path, parameters, answer.text)
    return answer.get_json()


def ids(page: Any) -> list[str]:
    return [found["id"] for found in page["data"]]


@pytest.mark.parametrize("path", LISTS)
def test_cursors_reach_each_object_once_in_both_directions(client: FlaskClient, path: str) -> None:
    everything = ids(ask(client, path, limit=100))

    forwards: list[str] = []
    page = ask(client, path, limit=7)
    while forwards.extend(ids(page)) or page["has_more"]:
        page = ask(client, path, limit=7, starting_after=forwards[-1])
    backwards: list[str] = everything[-1:]
    more = bool(backwards)
    while more:
        page = ask(client, path, limit=7, ending_before=backwards[0])
        backwards = ids(page) + backwards
        more = page["has_more"]

    assert forwards[:100] == everything
    assert len(set(forwards)) == len(forwards)
    assert backwards[-len(everything) :] == everything


BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("path", [path for path in LISTS if "created" in operation("GET", path).parameters])
def test_created_bounds_every_list_that_has_it(client: FlaskClient, path: str, bound: str) -> None:
    everything = ask(client, path, limit=100)["data"]
    middle = everything[len(everything) // 2]["created"] if everything else 0

    bounded = ask(client, path, limit=100, **{f"created[{bound}]": middle})

    if len(everything) < 100:
        assert ids(bounded) == [
            found["id"] for found in everything if BOUNDS[bound](found["created"], middle)
        ]
    assert all(BOUNDS[bound](found["created"], middle) for found in bounded["data"])


def plain_filters() -> Iterator[tuple[str, str]]:
    paging = {"created", "ending_before", "expand", "limit", "starting_after"}
    for path in LISTS:
        for name in operation("GET", path).parameters:
            if name not in paging:
                yield path, name


@pytest.mark.parametrize(("path", "name"), list(plain_filters()))
def test_a_filter_that_names_a_field_gives_the_objects_that_have_the_value(
    client: FlaskClient, path: str, name: str
) -> None:
    everything = ask(client, path, limit=100)["data"]
    values = [found[name] for found in everything if isinstance(found.get(name), str | bool)]
    if not values:
        assert refused_words(client, path, name) in {None, f"The sandbox does not do `{name}`."}
        return

    wanted = values[-1]
    filtered = ask(
        client, path, limit=100, **{name: str(wanted).lower() if wanted in {True, False} else wanted}
    )

    assert filtered["data"]
    assert {found[name] for found in filtered["data"]} == {wanted}


def refused_words(client: FlaskClient, path: str, name: str) -> str | None:
    """What the sandbox says of a filter that it does not do; only those that are listed may be so."""
    answer = client.get(path, query_string={name: "x_1"}, headers=HEADERS)
    words: str = answer.get_json().get("error", {}).get("message", "")
    is_not_done = words.startswith("The sandbox does not do")
    assert is_not_done == (name in NOT_DONE), words
    return words if is_not_done else None
