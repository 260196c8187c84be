"""Send what waits in the outbox: lease, write, hand over with no transaction open, note."""

from __future__ import annotations

from random import Random
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from donations.domain.counting import Counted
from donations.emails.mailer import Mailer, MailError
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import outbox
from donations.services.letters.compose import Draft, compose
from donations.services.letters.office import NotNeeded, Office
from donations.services.outbox import Letter

log = structlog.get_logger("donations.jobs.send_messages")

MOST_PER_RUN: Final = 100


def send_messages(runtime: Runtime, mailer: Mailer, random: Random, most: int = MOST_PER_RUN) -> int:
    """Send what is due. Returns how many were tried."""
    tried = 0
    while tried < most:
        with writing() as session:
            claimed = outbox.claim_due(session, 1, runtime.now())
        if not claimed:
            break
        with structlog.contextvars.bound_contextvars(
            kind=claimed[0].kind, cause=claimed[0].cause, message_id=claimed[0].message_id
        ):
            _send(runtime, mailer, claimed[0], random)
        tried += 1
    return tried


def is_any_due(runtime: Runtime) -> bool:
    with reading() as session:
        return outbox.is_any_due(session, runtime.now())


def _send(runtime: Runtime, mailer: Mailer, letter: Letter, random: Random) -> None:
    try:
        mailer.send(_compose(runtime, letter).draw())
    except NotNeeded as error:
        with writing() as session:
            outbox.skip(session, letter, str(error), runtime.now())
        log.info("message_not_needed", reason=str(error))
        return
    except MailError as error:
        _note_failure(runtime, letter, str(error), random, for_good=error.is_for_good)
        return
    except SQLAlchemyError as error:
        # The database went away meanwhile: no fault of the message's.
        _note_failure(runtime, letter, type(error).__name__, random)
        return
    except Exception as error:
        # A fault with one message must not keep the others from being sent.
        log.exception("message_fault")
        _note_failure(runtime, letter, type(error).__name__, random)
        return
    with writing() as session:
        outbox.mark_sent(session, letter, runtime.now())
    runtime.tally.add(Counted.LETTERS_SENT)
    log.info("message_sent")


def _compose(runtime: Runtime, letter: Letter) -> Draft:
    """In a transaction that may write: numbers are given and tokens made as a letter is gathered. It is
    drawn after that, for nobody else can write to an embedded database meanwhile."""
    office = office_of(runtime)
    with writing() as session:
        return compose(session, office, letter, runtime.now())


def office_of(runtime: Runtime) -> Office:
    """What all letters of this process share."""
    config = runtime.config
    return Office(
        vault=runtime.vault,
        secret_key=config.secret_key,
        zone=config.report_timezone,
        sender=config.mail_from,
        support_email=config.support_email,
        statement_descriptor=config.statement_descriptor,
        public_base_url=config.public_base_url,
        publisher=runtime.publisher,
    )


def _note_failure(
    runtime: Runtime, letter: Letter, problem: str, random: Random, *, for_good: bool = False
) -> None:
    with writing() as session:
        outbox.fail(session, letter, problem, runtime.now(), random, for_good=for_good)
    runtime.tally.add(Counted.LETTERS_FAILED)
    log.warning("message_not_sent", reason=problem, tries=letter.tries + 1)
