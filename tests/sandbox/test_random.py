"""Any sequence of calls leaves books that add up, and no call makes the sandbox fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from donations.sandbox.api.description import operation
from donations.sandbox.api.overlay import PINNED
from donations.sandbox.api.routes import ROUTES
from donations.sandbox.clock import Clock
from donations.sandbox.server import make_app
from donations.sandbox.settings import Settings
from donations.sandbox.store import Store
from donations.sandbox.world import World
from tests.sandbox import desk as cards
from tests.sandbox.books import Objects, wrong_in
from tests.sandbox.guesses import Guesser
from tests.stripe_description.answers import wrong_with_answer

FORM = "application/x-www-form-urlencoded"
HEADERS = {"Authorization": "Bearer sk_test_random", "Stripe-Version": PINNED}
CALLS = sorted(ROUTES, key=lambda call: (call[1], call[0]))
WRITES = [call for call in CALLS if call[0] != "GET"]
CARDS = (cards.PAYS, cards.PAYS, cards.DECLINED, cards.CHALLENGE, cards.FAILS_LATER, cards.DISPUTED)
IBANS = (cards.IBAN_SETTLES, cards.IBAN_FAILS)
GIFT = {
    "success_url": "http://127.0.0.1:9/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "1000",
    "line_items[0][price_data][product_data][name]": "Gift",
}
PROVE = pytest.mark.prove

steps = st.lists(st.integers(0, 2**32), min_size=1, max_size=40)


class Stroller:
    """Walks about in a world of its own, and complains of what it is answered."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self._client = client
        self._world = world
        self.done: list[str] = []

    def objects(self) -> Objects:
        return self._client.get("/_sandbox/state").get_json()["objects"]

    def step(self, seed: int) -> None:
        random = Random(seed)
        kind = random.random()
        if kind < 0.7:
            self._call(random, random.choice(CALLS if kind < 0.2 else WRITES))
        elif kind < 0.9:
            self._give(random)
        else:
            self._control(random)

    def _call(self, random: Random, call: tuple[str, str]) -> None:
        method, path = call
        described = operation(method, path, PINNED)
        ids = {kind: [found["id"] for found in many] for kind, many in self.objects().items()}
        guesser = Guesser(random, ids, self._world.now())
        url, form = guesser.url(described), guesser.form(described)
        self.done.append(f"{method} {url} {form}")
        body = urlencode(form, errors="surrogatepass")
        place = {"data": body, "content_type": FORM} if method == "POST" else {"query_string": body}

        answer = self._client.open(url, method=method, headers=HEADERS, **place)

        assert answer.status_code < 500, answer.text
        assert wrong_with_answer(method, url, answer.status_code, answer.get_json()) == []

    def _give(self, random: Random) -> None:
        form = {**GIFT, "mode": random.choice(["payment", "subscription"])}
        if form["mode"] == "subscription":
            form["line_items[0][price_data][recurring][interval]"] = random.choice(["month", "year"])
        session = self._client.post("/v1/checkout/sessions", data=form, headers=HEADERS).get_json()
        typed = {"email": "reader@example.org", "cardExpiry": "12 / 40", "cardCvc": "123"}
        typed["cardNumber"] = random.choice(CARDS)
        if random.random() < 0.2:
            typed["iban"] = random.choice(IBANS)
        self.done.append(f"pay {form['mode']} {typed}")
        answer = self._client.post(f"/c/pay/{session['id']}", data=typed)
        assert answer.status_code < 500
        if answer.headers.get("Location", "").startswith("/c/challenge/"):
            outcome = {"outcome": random.choice(["complete", "fail"])}
            assert self._client.post(answer.headers["Location"], data=outcome).status_code < 500

    def _control(self, random: Random) -> None:
        """What a bank or time does."""
        objects = self.objects()
        name = random.choice(["clock", "renew", "debits"])
        body: dict[str, object] = {"seconds": random.choice([60, 3600, 86400, 8 * 86400, 40 * 86400])}
        if name == "renew":
            body = {"subscription": random.choice(objects["subscription"] or [{"id": "x"}])["id"]}
        if name == "debits":
            body = {"payment_intent": random.choice(objects["payment_intent"] or [{"id": "x"}])["id"]}
        self.done.append(f"{name} {body}")

        assert self._client.post(f"/_sandbox/{name}", json=body).status_code < 500


@contextmanager
def new_stroller() -> Iterator[Stroller]:
    options = Settings(Path())
    world = World(options, Store(Path(":memory:")), Clock(), options.base_url)
    try:
        with make_app(world).test_client() as client:
            yield Stroller(client, world)
    finally:
        world.store.close()


def stroll(seeds: list[int]) -> None:
    with new_stroller() as stroller:
        try:
            for seed in seeds:
                stroller.step(seed)
        finally:
            note("\n".join(stroller.done))

        assert wrong_in(stroller.objects()) == []


@given(seeds=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_walk_through_the_api_leaves_the_books_right(seeds: list[int]) -> None:
    stroll(seeds)


@PROVE
@pytest.mark.timeout(3600)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=40, max_size=200))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_long_walks_leave_the_books_right(seeds: list[int]) -> None:
    stroll(seeds)


def test_books_that_are_wrong_are_found_out() -> None:
    with new_stroller() as stroller:
        for seed in range(300, 330):
            stroller.step(seed)
        objects = stroller.objects()
    charge = next(found for found in objects["charge"] if found["status"] == "succeeded")
    charge["amount_refunded"] += 1
    objects["balance_transaction"][0]["net"] += 1

    found = wrong_in(objects)

    assert any(f"{charge['id']} says" in wrong for wrong in found)
    assert any("does not add up" in wrong for wrong in found)
    assert any("the balance is" in wrong for wrong in found)
