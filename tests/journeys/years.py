"""Years of a gift in minutes: site, worker and sandbox in this process, by one clock that the test moves.

Everything is real but the days: the SDK, signed webhooks over HTTP, pages, letters as files. The worker
works when the test lets time pass, until nothing is left to do, so that a run can be repeated.
"""

from __future__ import annotations

import calendar
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from random import Random
from typing import Any

import requests
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from config import Config
from donations.app import create_app
from donations.emails.mailer import mailer_for
from donations.jobs.queue import Wakeup, make_huey
from donations.jobs.tasks import Jobs
from donations.models import OutboxMessage, OutboxStatus, StripeObject, Subscription
from donations.models.database import db, reading
from donations.reports.dump import dump
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from donations.sandbox.ticker import next_at
from donations.services import movements
from tests.journeys.givers import Giver, HttpGiver, card
from tests.journeys.truth import agrees
from tests.website import Website

SECRET = "whsec_of_the_years"
HOUR = 3600
DAY = 24 * HOUR
PATIENCE_S = 60


def next_leap_january() -> datetime:
    """Noon of the 31st of January before the next 29th of February."""
    year = next(y for y in range(date.today().year + 1, 3000) if calendar.isleap(y))  # noqa: DTZ011
    return datetime(year, 1, 31, 12, tzinfo=UTC)


@dataclass
class Years:
    app: Flask
    config: Config
    sandbox: SandboxServer
    website: Website
    jobs: Jobs
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def base(self) -> str:
        return self.website.base

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.config.report_timezone).date()

    def control(self, name: str, /, **given: object) -> dict[str, Any]:
        answer = requests.post(f"{self.sandbox.base_url}/_sandbox/{name}", json=given, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> dict[str, Any]:
        return requests.get(f"{self.sandbox.base_url}/_sandbox/state", timeout=60).json()

    def begin_at(self, moment: datetime) -> None:
        self.control("clock", to=int(moment.timestamp()))

    def settle(self) -> None:
        """Deliver what waits, and work until nothing is due."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.jobs.work()
            waiting = self.control("clock", seconds=0)["deliveries_waiting"]
            if not waiting and not self.jobs.wake_if_due():
                return
            assert time.monotonic() < deadline, "it never comes to rest"
            time.sleep(0.01)

    def live(self, days: int) -> None:
        """From one thing that is due to the next, at Stripe's or here, and each worked through to its end.

        What changes by the mere passing of a day, such as the order of statements, is looked for weekly.
        """
        until = int(self.now.timestamp()) + days * DAY
        while (now := self.sandbox.world.clock.now()) < until:
            self.control("clock", to=max(now + 1, min(self._next_due(until), now + 7 * DAY)))
            self.jobs.sweep()
            self.settle()

    def _next_due(self, until: int) -> int:
        """An hour's grace, so that a renewal is charged in the step in which it falls due."""
        at_stripe = next_at(self.sandbox.world, until)
        with reading() as session:
            letter = session.scalar(
                select(func.min(OutboxMessage.next_try_at)).where(
                    OutboxMessage.status == OutboxStatus.WAITING, OutboxMessage.skipped_at.is_(None)
                )
            )
        here = until if letter is None else int(letter.timestamp()) + 1
        return min(until, here, until if at_stripe is None else at_stripe + 2 * HOUR)

    def live_until(self, day: date) -> None:
        self.live((day - self.today).days)

    def letters(self) -> list[EmailMessage]:
        """All that were sent, the oldest first."""
        folder = Path(self.config.mail_url.removeprefix("file://"))
        paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]

    def url_in_letters(self, pattern: str) -> str:
        """The link of this shape in the newest letter that has one."""
        for letter in reversed(self.letters()):
            found = re.search(pattern, text_of(letter))
            if found is not None:
                return found[0]
        raise AssertionError(f"no letter has a link like {pattern}")

    def new_letters(self) -> dict[str, int]:
        """How many of each kind were sent since the last time that this was asked."""
        with reading() as session:
            rows = session.execute(
                select(OutboxMessage.kind, func.count().label("sent"))
                .where(OutboxMessage.sent_at.is_not(None))
                .group_by(OutboxMessage.kind)
            ).all()
        sent = Counter({row.kind: row.sent for row in rows})
        new = sent - self.taken
        self.taken = sent
        return dict(new)

    def charged_on(self) -> list[date]:
        """The days on which a payment succeeded, by Stripe's clock."""
        charges = self.state()["objects"].get("charge", [])
        paid = sorted(each["created"] for each in charges if each["status"] == "succeeded")
        zone = self.config.report_timezone
        return [datetime.fromtimestamp(at, UTC).astimezone(zone).date() for at in paid]

    def subscription(self) -> dict[str, Any]:
        """Stripe's newest."""
        found = self.state()["objects"]["subscription"]
        return max(found, key=lambda each: (each["created"], each["id"]))

    def assert_in_agreement(self) -> None:
        """Our dump is Stripe's state, the ledger adds up to what counts now, and no letter went twice."""
        with reading() as session:
            ours = dump(session)
            givers = session.scalars(select(Subscription)).all()
            quarantined = session.scalar(select(func.count()).where(StripeObject.quarantined_at.is_not(None)))
            heads = sum(each["supporters"] for each in ours["movements"])
            assert heads == len({row.supporter_id for row in givers if movements.counts(row)})
        assert agrees(ours, self.state())
        assert quarantined == 0
        ids = [each["Message-ID"] for each in self.letters()]
        assert len(ids) == len(set(ids))

    def give(self, giver: Giver, choices: dict[str, str], number: str | None = None) -> None:
        """From the support page to Stripe's page and back, and everything that follows at once."""
        giver.open(f"{self.base}/support")
        giver.fill_in({"email": "nina@example.com", "name": "Nina Petrova"} | choices)
        giver.submit()
        assert "/c/pay/cs_" in giver.url, giver.text
        giver.pay(**card(number) if number else card())
        self.settle()

    def log_in(self, giver: Giver, then: str = "") -> None:
        """By the link in the letter, as a reader does it."""
        giver.open(f"{self.base}/manage{then}")
        giver.fill_in({"email": "nina@example.com"})
        giver.submit()
        self.settle()
        giver.open(self.url_in_letters(r"http\S+/manage/open/\S+"))
        giver.submit()


def days_in_calendar(giver: HttpGiver, link: str) -> list[date]:
    """What the calendar file behind a link of this page holds."""
    giver.follow(link)
    assert giver.answer is not None
    events = Calendar.from_ical(giver.answer.content).walk("VEVENT")
    return [each.decoded("dtstart") for each in events]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()


@contextmanager
def years(config: Config, folder: Path) -> Iterator[Years]:
    """The whole of it, on the database of `config`."""
    website = Website()
    settings = Settings(
        folder / "sandbox", port=0, webhook_secret=SECRET, webhook_url=f"{website.base}/webhooks/stripe"
    )
    settings.data_dir.mkdir()
    with SandboxServer(settings) as sandbox:
        config = replace(
            config,
            stripe_api_base=sandbox.base_url,
            stripe_webhook_secrets=(SECRET,),
            public_base_url=website.base,
            queue_url="memory://",
            mail_url=f"file://{folder}/mail",
        )
        clock = sandbox.world.clock
        app = create_app(
            config, now=lambda: datetime.fromtimestamp(clock.now(), UTC), wake_worker=lambda: None
        )
        website.app = app
        with website, app.app_context():
            wake = Wakeup(make_huey(config.queue_url))
            # Years of comparing every quarter of an hour have tests of their own.
            jobs = Jobs(app, mailer_for(config.mail_url), Random(7), wake, pace=None)
            yield Years(app, config, sandbox, website, jobs)
        with app.app_context():
            db.engine.dispose()
