"""One who walks at random through a sandbox: calls the API, pays on its page, lets time and banks work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from flask.testing import FlaskClient

from donations.sandbox.api.description import operation
from donations.sandbox.api.overlay import PINNED
from donations.sandbox.api.routes import ROUTES
from donations.sandbox.clock import Clock
from donations.sandbox.server import make_app
from donations.sandbox.settings import Settings
from donations.sandbox.store import Store
from donations.sandbox.world import World
from tests.sandbox import desk as cards
from tests.sandbox.books import Objects
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


class Walker:
    """Walks about in a world of its own, and complains of what it is answered."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client = client
        self._world = world
        self.done: list[str] = []

    def objects(self) -> Objects:
        return self.client.get("/_sandbox/state").get_json()["objects"]

    def step(self, seed: int) -> None:
        random = Random(seed)
        kind = random.random()
        if kind < 0.7:
            self._call(random, random.choice(CALLS if kind < 0.2 else WRITES))
        elif kind < 0.84:
            self._give(random)
        elif kind < 0.88:
            self._visit_invoice(random)
        elif kind < 0.9:
            self._change_rhythm(random)
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

        answer = self.client.open(url, method=method, headers=HEADERS, **place)

        assert answer.status_code < 500, answer.text
        assert wrong_with_answer(method, url, answer.status_code, answer.get_json()) == []

    def _give(self, random: Random) -> None:
        form = {**GIFT, "mode": random.choice(["payment", "subscription"])}
        if form["mode"] == "subscription":
            form["line_items[0][price_data][recurring][interval]"] = random.choice(["month", "year"])
        session = self.client.post("/v1/checkout/sessions", data=form, headers=HEADERS).get_json()
        typed = {"email": "reader@example.org", "cardExpiry": "12 / 40", "cardCvc": "123"}
        typed["cardNumber"] = random.choice(CARDS)
        if random.random() < 0.2:
            typed["iban"] = random.choice(IBANS)
        self.done.append(f"pay {form['mode']} {typed}")
        answer = self.client.post(f"/c/pay/{session['id']}", data=typed)
        assert answer.status_code < 500
        if answer.headers.get("Location", "").startswith("/c/challenge/"):
            outcome = {"outcome": random.choice(["complete", "fail"])}
            assert self.client.post(answer.headers["Location"], data=outcome).status_code < 500

    def _visit_invoice(self, random: Random) -> None:
        """Answer the bank, or type a card, whichever the page happens to ask for."""
        path = f"/i/{_one(random, self.objects(), 'invoice')}"
        typed = {"cardNumber": random.choice(CARDS), "cardExpiry": "12 / 40", "cardCvc": "123"}
        typed["outcome"] = random.choice(["complete", "fail"])
        self.done.append(f"visit {path} {typed}")

        assert self.client.get(path).status_code in {200, 404}
        assert self.client.post(path, data=typed).status_code < 500

    def _change_rhythm(self, random: Random) -> None:
        """From the next date on, as a reader may ask for."""
        subscription = random.choice(self.objects()["subscription"] or [None])
        if subscription is None:
            return
        item, inside = subscription["items"]["data"][0], "items[0][price_data]"
        form = {
            "items[0][id]": item["id"],
            f"{inside}[currency]": subscription["currency"],
            f"{inside}[product]": item["price"]["product"],
            f"{inside}[unit_amount]": "700",
            f"{inside}[recurring][interval]": random.choice(["month", "year"]),
            "trial_end": str(item["current_period_end"]),
            "proration_behavior": "none",
        }
        url = f"/v1/subscriptions/{subscription['id']}"
        self.done.append(f"POST {url} {form}")

        answer = self.client.post(url, data=form, headers=HEADERS)

        assert answer.status_code < 500, answer.text
        assert wrong_with_answer("POST", url, answer.status_code, answer.get_json()) == []

    def _control(self, random: Random) -> None:
        """What a bank or time does; a control that does not fit the state of things says so."""
        name, make = random.choice(CONTROLS)
        body = make(random, self.objects())
        self.done.append(f"{name} {body}")

        assert self.client.post(f"/_sandbox/{name}", json=body).status_code < 500


def _one(random: Random, objects: Objects, kind: str) -> str:
    return random.choice(objects[kind] or [{"id": "none_1"}])["id"]


CONTROLS: list[tuple[str, Callable[[Random, Objects], dict[str, object]]]] = [
    ("clock", lambda random, _: {"seconds": random.choice([60, 3600, 86400, 8 * 86400, 40 * 86400])}),
    ("renew", lambda random, there: {"subscription": _one(random, there, "subscription")}),
    ("debits", lambda random, there: {"payment_intent": _one(random, there, "payment_intent")}),
    (
        "disputes",
        lambda random, there: {
            "charge": _one(random, there, "charge"),
            "case": random.choice(["chargeback", "inquiry"]),
        },
    ),
    (
        "disputes/close",
        lambda random, there: {
            "dispute": _one(random, there, "dispute"),
            "outcome": random.choice(["win", "lose", "close", "prevent", "escalate"]),
        },
    ),
    ("fraud_warnings", lambda random, there: {"charge": _one(random, there, "charge")}),
    (
        "refunds",
        lambda random, there: {
            "refund": _one(random, there, "refund"),
            "outcome": random.choice(["succeed", "fail"]),
        },
    ),
    (
        "cards",
        lambda random, there: {
            "payment_method": _one(random, there, "payment_method"),
            "behaviour": random.choice(["pays", "challenge", "insufficient_funds"]),
            "exp_month": random.randint(1, 12),
            "exp_year": 2030,
        },
    ),
    ("retries", lambda random, _: {"afterwards": random.choice(["cancel", "unpaid", "past_due"])}),
]


@contextmanager
def new_walker() -> Iterator[Walker]:
    options = Settings(Path())
    world = World(options, Store(Path(":memory:")), Clock(), options.base_url)
    try:
        with make_app(world).test_client() as client:
            yield Walker(client, world)
    finally:
        world.store.close()
