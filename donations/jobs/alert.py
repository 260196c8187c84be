"""Find what does not go on by itself, and tell `ALERT_EMAIL` of it: once, and once more when it is over."""

from __future__ import annotations

from typing import Final

import structlog

from donations.domain.alerts import SENTENCES, Cause
from donations.emails.alert import AlertMail
from donations.emails.mailer import Mailer, MailError
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import alerts
from donations.services.alerts import News

_NAMES: Final = {
    Cause.SET_ASIDE: "set aside",
    Cause.BEHIND: "behind",
    Cause.LETTERS: "letters not sent",
    Cause.NO_WORKER: "no worker",
    Cause.NOT_COMPARED: "not compared",
}
_MESSAGE_ID_DOMAIN: Final = "donations.themoscowtimes.com"

log = structlog.get_logger("donations.jobs.alert")


def tell(runtime: Runtime, mailer: Mailer) -> int:
    """Write down what is wrong now, and send what is new of it. Returns how many mails went out."""
    now = runtime.real_now()
    with reading() as session:
        found = alerts.find(session, runtime.now())
    with writing() as session:
        alerts.note(session, found, now)
        news = alerts.claim_news(session, now) if runtime.config.alert_email else []
    return sum(_send(runtime, mailer, each) for each in news)


def _send(runtime: Runtime, mailer: Mailer, news: News) -> bool:
    """Where it cannot be sent it is tried again when the lease has run out."""
    config = runtime.config
    mail = AlertMail(
        _NAMES[news.cause],
        SENTENCES[news.cause],
        news.began_at,
        news.ended_at,
        f"{config.public_base_url}/staff/operations",
    )
    try:
        mailer.send(mail.message(config.mail_from, config.alert_email, _MESSAGE_ID_DOMAIN))
    except MailError as error:
        log.warning("alert_not_sent", kind=news.cause.value, reason=str(error))
        return False
    with writing() as session:
        alerts.mark_told(session, news, runtime.real_now())
    log.info("alert_sent", kind=news.cause.value)
    return True
