"""Whoever runs the service is told by mail, once, and of nobody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask, current_app
from sqlalchemy import update

from donations import runtime
from donations.emails.mailer import MailUnavailable
from donations.gateway.kinds import ObjectKind
from donations.jobs import alert
from donations.models import StripeObject
from donations.models.database import is_in_transaction, writing
from donations.services import inbox
from tests.factories import NOON


@dataclass
class Postbox:
    sent: list[EmailMessage] = field(default_factory=list)
    is_away: bool = False

    def send(self, message: EmailMessage) -> None:
        assert not is_in_transaction()
        if self.is_away:
            raise MailUnavailable("ConnectionRefusedError")
        self.sent.append(message)


@pytest.fixture(autouse=True)
def behind(app: Flask) -> None:
    at(0)
    with writing() as session:
        inbox.mark(session, ObjectKind.INVOICE, "in_1", NOON - timedelta(minutes=16))


def at(minutes: float, alert_email: str = "ops@example.com") -> None:
    """That is the time now, by every clock."""
    current, now = runtime.current(), NOON + timedelta(minutes=minutes)

    def clock() -> datetime:
        return now

    config = replace(current.config, alert_email=alert_email)
    runtime.install(current_app, replace(current, now=clock, real_now=clock, config=config))


def tell(postbox: Postbox) -> int:
    return alert.tell(runtime.current(), postbox)


def end_it() -> None:
    with writing() as session:
        session.execute(update(StripeObject).values(applied=StripeObject.generation))


def test_it_is_told_once_and_once_more_when_it_is_over(app: Flask) -> None:
    postbox = Postbox()

    assert [tell(postbox), tell(postbox)] == [1, 0]
    end_it()
    at(7)
    assert [tell(postbox), tell(postbox)] == [1, 0]

    begun, over = postbox.sent
    assert begun["Subject"] == "Donations: behind"
    assert begun["To"] == "ops@example.com"
    assert "Since 22 Nov 2026, 12:00 UTC." in begun.get_content()
    assert f"{runtime.current().config.public_base_url}/staff/operations" in begun.get_content()
    assert over["Subject"] == "Donations: over, behind"
    assert "over since 22 Nov 2026, 12:07 UTC." in over.get_content()
    assert begun["Message-ID"] != over["Message-ID"]


def test_it_names_no_object_and_nobody(app: Flask) -> None:
    postbox = Postbox()

    tell(postbox)

    assert "in_1" not in postbox.sent[0].as_string()


def test_without_an_address_nobody_is_told(app: Flask) -> None:
    postbox = Postbox()
    at(0, "")

    assert (tell(postbox), postbox.sent) == (0, [])


def test_where_mail_is_away_it_is_told_later_under_the_same_id(app: Flask) -> None:
    postbox = Postbox(is_away=True)

    assert tell(postbox) == 0
    postbox.is_away = False
    at(4)
    assert tell(postbox) == 0
    at(5)
    assert tell(postbox) == 1
    assert postbox.sent[0]["Message-ID"] == "<alert-behind-began-20261122120000@donations.themoscowtimes.com>"
