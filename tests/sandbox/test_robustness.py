"""Whatever is sent, the sandbox answers in Stripe's shape and never fails itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations.sandbox.api.description import operation
from donations.sandbox.api.routes import ROUTES
from donations.sandbox.server import make_app, open_world
from donations.sandbox.settings import Settings

KEY = {"Authorization": "Bearer sk_test_x"}
WRITES = sorted(key for key in ROUTES if key[0] != "GET")
READS = sorted(path for method, path in ROUTES if method == "GET")

values = st.one_of(
    st.sampled_from(["", "true", "1", "-1", "eur", "now", "payment", "subscription", "http://127.0.0.1/"]),
    st.integers().map(str),
    st.text(max_size=30),
)
suffixes = st.sampled_from(["", "[0]", "[]", "[a]", "[0][a]", "[0][price_data][currency]", "[gte]", "[" * 3])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    world = open_world(Settings(folder))
    with make_app(world).test_client() as client:
        yield client
    world.store.close()


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_parameters_make_it_fail(client: FlaskClient, data: st.DataObject) -> None:
    method, path = data.draw(st.sampled_from(WRITES + [("GET", path) for path in READS]))
    names = sorted(operation(method, path).parameters)
    name = st.sampled_from(names) if names else st.just("a")
    form = data.draw(st.lists(st.tuples(st.tuples(name, suffixes).map("".join), values), max_size=6))
    url = path.replace("{", "").replace("}", "")
    body = urlencode(form, errors="surrogatepass")

    answer = client.open(
        url,
        method=method,
        headers=KEY,
        query_string=body if method != "POST" else "",
        data=body if method == "POST" else None,
        content_type="application/x-www-form-urlencoded" if method == "POST" else None,
    )

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert error_fields(answer.get_json()) <= {"type", "code", "param", "message", "doc_url"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expand[" + "9" * 5000 + "]", "customer"),
        ("metadata" + "[a]" * 3000, "b"),
        ("unit_amount_decimal", "1e999999999"),
        ("unit_amount", "9" * 5000),
        ("unit_amount", "١"),
        ("currency", "eur\x00"),
    ],
)
def test_a_hostile_parameter_is_a_plain_400(client: FlaskClient, name: str, value: str) -> None:
    answer = client.post(
        "/v1/prices", data={"currency": "eur", "product_data[name]": "x", name: value}, headers=KEY
    )

    assert answer.status_code == 400


def error_fields(body: dict[str, Any]) -> set[str]:
    return set(body["error"])
