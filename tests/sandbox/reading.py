"""Ask for everything that can be read: each object, each list, each field that can be expanded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from donations.sandbox.api.description import operation
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.expandable import check_paths
from donations.sandbox.api.routes import ROUTES
from tests.sandbox.desk import Desk
from tests.stripe_description.parameters import description

_NEWEST = 2
"""Objects of a kind that are asked for one by one; the lists show them all."""


def read_everything(desk: Desk) -> None:
    objects = desk.state()["objects"]
    for method, template in ROUTES:
        if method == "GET":
            for place, url in enumerate(_urls(desk, template, objects)):
                body = get(desk, url)
                if place == 0:
                    _expand_each(desk, template, url, body)


def read_lists(desk: Desk) -> None:
    """The newest of each kind, and every event: a list shows whole objects."""
    for method, template in ROUTES:
        if method == "GET" and "{" not in template:
            get(desk, template)
    _read_events(desk)


def _read_events(desk: Desk) -> None:
    page = get(desk, "/v1/events", limit="100")
    while page["has_more"]:
        page = get(desk, "/v1/events", limit="100", starting_after=page["data"][-1]["id"])


def _urls(desk: Desk, template: str, objects: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """The path with real ids: of the kind that its own first part lists, then of what is listed below."""
    before, brace, rest = template.partition("{")
    if not brace:
        yield template
        return
    after = rest.partition("}")[2]
    for found in objects.get(_kind_listed_at(before.rstrip("/")), [])[-_NEWEST:]:
        url = before + found["id"] + after
        listed, _, tail = url.partition("{")
        if not tail:
            yield url
            continue
        for inner in get(desk, listed.rstrip("/"))["data"][:_NEWEST]:
            yield listed + inner["id"] + tail.partition("}")[2]


def _kind_listed_at(path: str) -> str:
    schema = description()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return schema["properties"]["data"]["items"]["$ref"].rpartition("/")[2]


def _expand_each(desk: Desk, template: str, url: str, body: dict[str, Any]) -> None:
    prefix = "data." if body["object"] == "list" else ""
    few = {"limit": "2"} if prefix else {}
    for field in _expandable(template, prefix, body["data"][0] if prefix and body["data"] else body):
        get(desk, url, **{"expand[]": prefix + field}, **few)


def _expandable(template: str, prefix: str, found: dict[str, Any]) -> Iterator[str]:
    """Those of its fields that can be expanded as they are; what is there only on request has its tests."""
    answer = operation("GET", template).answer
    for field in found:
        try:
            check_paths([prefix + field], answer)
        except ApiError:
            continue
        yield field


def get(desk: Desk, url: str, **parameters: str) -> dict[str, Any]:
    answer = desk.http.get(desk.server.base_url + url, params=parameters)
    assert answer.status_code == 200, (url, parameters, answer.text)
    return answer.json()
