"""Readers who give, renew, are refunded and dispute, while processes die, Stripe fails and webhooks are
doubled and disordered; all by one seed. What comes of it is compared with what Stripe says.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import requests
from flask import Flask
from sqlalchemy import func, select

from config import Config
from donations import runtime
from donations.app import create_app
from donations.domain.checkouts import CheckoutStatus
from donations.jobs import refresh_rollups
from donations.models import Checkout, OutboxMessage, OutboxStatus, StripeEvent, StripeObject
from donations.models.database import db, reading
from donations.models.rollups import RollupNews
from donations.reports.dump import dump
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.journeys.givers import HttpGiver, card
from tests.journeys.truth import agrees
from tests.proofs.prefork import Crew, Kills, Prefork, listen, prefork
from tests.sync.desk import rows

FAULTS = ["500", "429", "409", "reset_before", "reset_after", "half_body"]
_GIFTS: tuple[dict[str, str], ...] = (
    {"frequency": "monthly", "amount_monthly": "10"},
    {"frequency": "once"},
    {"frequency": "annual", "amount_annual": "100"},
)
_TRIES = 30
_BELIEVED_DEAD_S = 41
_HEARD_S = 0.5
"""By then each process has heard what time it is."""
_GIVERS_AT_ONCE = 4
_PATIENCE_S = 3_000
_FAULT = re.compile(r"\] (\w+_)?fault\b|\] request .*\bstatus=500\b")


@dataclass(frozen=True)
class Force:
    """How hard it blows."""

    seed: int
    webs: int
    workers: int
    gifts: int
    months: int
    endpoints: int
    """How many of ours Stripe tells: each event comes that often, and half of them twice."""
    kills: Kills | None
    fault_rate: float = 0.1


@dataclass
class Storm:
    force: Force
    app: Flask
    sandbox: SandboxServer
    site: Prefork
    log: Path
    lost_answers: int = 0
    """How often a reader was left without one."""
    seen: set[str] = field(default_factory=set)

    @property
    def mail(self) -> Path:
        return self.log.parent / "mail"

    def control(self, name: str, /, **given: object) -> dict[str, Any]:
        answer = requests.post(f"{self.sandbox.base_url}/_sandbox/{name}", json=given, timeout=120)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> dict[str, Any]:
        return requests.get(f"{self.sandbox.base_url}/_sandbox/state", timeout=120).json()

    def give_all(self, first: int, last: int) -> None:
        """Several readers at a time, each of whom goes on until Stripe was paid, once."""
        with ThreadPoolExecutor(_GIVERS_AT_ONCE) as pool:
            list(pool.map(self._give, range(first, last)))

    def _give(self, number: int) -> None:
        choices = _GIFTS[Random(f"{self.force.seed}:{number}").randrange(len(_GIFTS))]
        fields = {"email": f"reader{number}@example.com"} | choices
        giver = HttpGiver()
        self._insist(lambda: giver.open(f"{self.site.base}/support?frequency={choices['frequency']}"))
        while "/c/pay/" not in giver.url:
            # What the last answer offers: the first form, or the next after one that came to nothing.
            giver.fill_in(fields)
            form = dict(giver.form)
            self._insist(lambda giver=giver, form=form: self._send(giver, form))
        self._insist(lambda: giver.pay(**card()))

    def _send(self, giver: HttpGiver, form: dict[str, str]) -> None:
        giver.form = dict(form)
        giver.submit()

    def _insist(self, do: Callable[[], None]) -> None:
        """Whoever gets no answer does the same again, when whoever died is believed to be dead."""
        for _ in range(_TRIES):
            try:
                return do()
            except requests.RequestException:
                self.lost_answers += 1
                self.control("clock", seconds=_BELIEVED_DEAD_S)
                time.sleep(_HEARD_S)
        raise AssertionError("nobody answers")

    def trouble_payments(self) -> None:
        """Of the new ones every seventh is given back, in part or whole, and every eleventh disputed."""
        paid = [each for each in self.state()["objects"]["payment_intent"] if each["status"] == "succeeded"]
        new = [each for each in paid if each["id"] not in self.seen]
        self.seen.update(each["id"] for each in new)
        for number, intent in enumerate(new):
            if number % 7 == 0:
                self._give_back(intent["id"], intent["amount"] // (1 + number % 2))
            elif number % 11 == 0:
                self.control("disputes", payment_intent=intent["id"])

    def _give_back(self, payment_intent: str, amount: int) -> None:
        """By staff in Stripe's dashboard, which fails as much as its API."""
        with suppress(requests.RequestException):
            requests.post(
                f"{self.sandbox.base_url}/v1/refunds",
                {"payment_intent": payment_intent, "amount": str(amount)},
                auth=("sk_test_staff", ""),
                timeout=60,
            )

    def calm(self) -> None:
        """No more kills and faults, until all that waits is worked off; then everybody goes home."""
        self.site.stand_down()
        self.control("faults", clear=True)
        self.settle()
        self.site.stop()

    def settle(self) -> None:
        """An hour takes four seconds, so that leases run out and what was put off comes due."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.control("clock", seconds=900)["deliveries_waiting"] or self._waiting():
            assert time.monotonic() < deadline, f"it never comes to rest: {self._waiting()}"
            time.sleep(1)

    def _waiting(self) -> list[int]:
        """How many tickets, letters and facts for the reports our processes have still to see to."""
        ticket = StripeObject.applied < StripeObject.generation, StripeObject.quarantined_at.is_(None)
        letter = OutboxMessage.status == OutboxStatus.WAITING, OutboxMessage.skipped_at.is_(None)
        is_due = OutboxMessage.next_try_at <= runtime.current().now()
        with reading() as session:
            waiting = [
                session.scalar(select(func.count()).select_from(StripeObject).where(*ticket)),
                session.scalar(select(func.count()).select_from(OutboxMessage).where(*letter, is_due)),
                session.scalar(select(func.count()).select_from(RollupNews)),
            ]
        return [number for number in waiting if number]

    def deliveries(self) -> int:
        """How often a webhook of ours was called."""
        return sum(each["attempts"] for each in self.state()["deliveries"])


@contextmanager
def storm(config: Config, folder: Path, force: Force) -> Iterator[Storm]:
    """On the database and queue of `config`."""
    listener = listen()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(
        folder / "sandbox",
        port=0,
        webhook_url=f"{base}/webhooks/stripe",
        retry_delays=(0.2, 0.5) + (1,) * 300,
    )
    settings.data_dir.mkdir()
    with SandboxServer(settings) as sandbox:
        secrets = [settings.webhook_secret, *_more_endpoints(sandbox, force.endpoints - 1)]
        config = replace(
            config,
            stripe_api_base=sandbox.base_url,
            stripe_webhook_secrets=tuple(secrets),
            public_base_url=base,
            mail_url=f"file://{folder}/mail",
            uses_sandbox=True,
        )
        app = create_app(config, wake_worker=lambda: None)
        log = folder / "processes.log"
        crew = Crew(config, log, force.webs, force.workers, force.kills)
        with app.app_context(), prefork(crew, listener) as site:
            storm = Storm(force, app, sandbox, site, log)
            storm.control("deliveries", duplicate=0.5, reorder=30, seed=force.seed)
            storm.control("faults", seed=force.seed, rate=force.fault_rate, kinds=FAULTS)
            yield storm
        with app.app_context():
            db.engine.dispose()


def _more_endpoints(sandbox: SandboxServer, number: int) -> Iterator[str]:
    for _ in range(number):
        url = f"{sandbox.base_url}/_sandbox/endpoints"
        yield requests.post(url, json={"url": sandbox.settings.webhook_url}, timeout=30).json()["secret"]


def assert_nothing_lost_or_doubled(storm: Storm) -> None:
    """Field by field as Stripe says, every event once, one session a checkout, one letter a cause."""
    state = storm.state()
    with reading() as session:
        ours = dump(session)
        events = Counter(session.scalars(select(StripeEvent.stripe_event_id)))
        checkouts = rows(session, Checkout)
        written = rows(session, OutboxMessage)
        set_aside = session.scalars(
            select(StripeObject.problem).where(StripeObject.quarantined_at.is_not(None))
        )
        assert list(set_aside) == []
    assert agrees(ours, state)
    assert events == Counter(each["id"] for each in state["objects"]["event"])
    opened = Counter(each["client_reference_id"] for each in state["objects"]["checkout.session"])
    assert opened == Counter(each.reference for each in checkouts if each.stripe_session_id)
    assert sum(each.status is CheckoutStatus.PAID for each in checkouts) == storm.force.gifts
    receipts = sorted(each.cause for each in written if each.kind == "receipt")
    assert receipts == sorted(each["payment_intent"] for each in ours["donations"])
    sent = {each.message_id.strip("<>") for each in written if each.sent_at is not None}
    assert {path.stem for path in storm.mail.glob("*.eml")} == sent
    differences = refresh_rollups.differences(runtime.current(), lambda *_: None)
    assert differences == (), differences[:5]
    faults = [line for line in storm.log.read_text().splitlines() if _FAULT.search(line)]
    assert faults == [], "\n".join(faults)
