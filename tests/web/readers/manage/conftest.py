"""A reader with a mailbox: asks for a link, reads the letter, opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.jobs import drain
from donations.jobs.link_requests import match_requests
from donations.models import Checkout, OutboxMessage, Subscription, Supporter
from donations.models.database import db, reading, writing
from donations.services import inbox, magic_links
from donations.services.outbox import Letter
from tests.factories import NOON, make_checkout, make_subscription, make_supporter
from tests.fakes import FakeGateway
from tests.sync import lives

NINA = "nina@example.com"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


@dataclass
class Owner:
    """Someone who manages what they give, in a browser without JavaScript."""

    app: Flask
    client: FlaskClient
    answer: TestResponse | None = field(default=None, repr=False)

    def opens(self, path: str, **how: Any) -> BeautifulSoup:
        self.answer = self.client.get(path, **how)
        return self.page

    @property
    def page(self) -> BeautifulSoup:
        assert self.answer is not None
        return BeautifulSoup(self.answer.text, "html.parser")

    @property
    def words(self) -> str:
        main = self.page.find("main")
        assert main is not None
        return " ".join(main.get_text().split())

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    @property
    def goes_to(self) -> str:
        assert self.answer is not None
        return self.answer.headers.get("Location", "")

    def sends(self, action: str, fields: dict[str, str] | None = None, **how: Any) -> TestResponse:
        """The form on the page that leads to `action`, with its hidden fields and these."""
        forms = [each for each in self.page.find_all("form") if each["action"] == action]
        assert forms, f"no form leads to {action}: {self.words}"
        form = forms[0]
        hidden = {str(each["name"]): str(each["value"]) for each in form.find_all("input", type="hidden")}
        self.answer = self.client.post(action, data=hidden | (fields or {}), **how)
        return self.answer

    def asks(self, email: str = NINA, then: str | None = None, **how: Any) -> TestResponse:
        self.opens("/manage" if then is None else f"/manage?then={then}")
        return self.sends("/manage", {"email": email}, **how)

    def token(self) -> str:
        """What the letter carries that this reader has just asked for."""
        running = runtime.current()
        match_requests(running)
        with writing() as session:
            row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
            assert row is not None, "no letter was ordered"
            letter = Letter(row.id, row.kind, row.cause, row.supporter_id, row.message_id, row.tries, {})
            return magic_links.compose_link(session, letter, running.now())

    def enters(self, token: str) -> TestResponse:
        self.opens(f"/manage/open/{token}")
        return self.sends(f"/manage/open/{token}")

    def logs_in(self, email: str = NINA) -> None:
        self.asks(email)
        self.enters(self.token())
        assert self.status == 303


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(config: Config, gateway: FakeGateway, clock: Clock) -> Iterator[Flask]:
    app = create_app(config, gateway=gateway, wake_worker=lambda: None)
    with app.app_context():
        runtime.install(app, replace(runtime.current(), now=clock))
        yield app
        db.engine.dispose()


@pytest.fixture
def owner(app: Flask) -> Owner:
    return Owner(app, app.test_client())


@pytest.fixture
def nina(app: Flask) -> Supporter:
    with writing() as session:
        return make_supporter(session, runtime.current().vault, email=NINA, name="Nina")


def rows(model: type[Any]) -> list[Any]:
    with reading() as session:
        return list(session.scalars(select(model)).all())


@dataclass
class OwnedGift:
    """A recurring gift, in our rows and at Stripe."""

    checkout: Checkout
    subscription: Subscription
    gateway: FakeGateway
    said: dict[str, Any] = field(default_factory=dict)

    def path(self, page: str) -> str:
        return f"/manage/gifts/{self.checkout.reference}/{page}"

    def stripe_says(self, **changes: Any) -> None:
        """From now on; it is noticed with the next ticket."""
        self.said |= changes
        row = self.subscription
        start = {
            "id": row.stripe_subscription_id,
            "customer_id": row.stripe_customer_id,
            "started_at": row.started_at,
            "current_period_ends_at": row.current_period_ends_at,
            "latest_invoice_id": None,
        }
        snapshot = lives.subscription(self.checkout, **(start | self.said))
        self.gateway.objects[ObjectKind.SUBSCRIPTION, snapshot.id] = snapshot

    def is_noticed(self) -> None:
        """The worker looks at what was marked."""
        drain.drain(runtime.current(), Random(7))

    def changes_at_stripe(self, **changes: Any) -> None:
        """Somewhere else, and we have heard of it."""
        self.stripe_says(**changes)
        with writing() as session:
            now = runtime.current().now()
            inbox.mark(session, ObjectKind.SUBSCRIPTION, self.subscription.stripe_subscription_id, now)
        self.is_noticed()

    def lacks(self, **columns: None) -> None:
        """As a row from before these were kept."""
        with writing() as session:
            row = session.get_one(Subscription, self.subscription.id)
            for name, value in columns.items():
                setattr(row, name, value)

    @property
    def row(self) -> Subscription:
        with reading() as session:
            return session.get_one(Subscription, self.subscription.id)

    @property
    def acts(self) -> list[tuple[str, dict[str, Any]]]:
        """What Stripe was asked to do to it."""
        return list(self.gateway.acts.values())


GiveOf = Callable[..., OwnedGift]


@pytest.fixture
def give(app: Flask, gateway: FakeGateway) -> GiveOf:
    """Makes recurring gifts; monthly, of €10, begun at NOON."""

    def make(supporter: Supporter, **columns: Any) -> OwnedGift:
        how = {"frequency": Frequency.MONTHLY, "amount": 1000, "at": NOON} | columns
        named = {"frequency": how["frequency"], "amount": how["amount"], "at": how["at"]}
        with writing() as session:
            checkout = make_checkout(session, supporter, status=CheckoutStatus.PAID, **named)
            row = make_subscription(
                session,
                supporter,
                checkout=checkout,
                stripe_item_id="si_1",
                stripe_product_id="prod_1",
                stripe_payment_method_id="pm_1",
                **how,
            )
        gift = OwnedGift(checkout, row, gateway)
        gift.stripe_says()
        return gift

    return make


@pytest.fixture
def gift(nina: Supporter, give: GiveOf) -> OwnedGift:
    return give(nina)


@pytest.fixture
def nina_in(owner: Owner, nina: Supporter) -> Owner:
    """Nina, logged in."""
    owner.logs_in()
    return owner
