"""Receipts go out once, outside of any transaction, and a bad one holds up no other."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from donations.documents.publisher import Publisher
from donations.domain.gifts import Frequency
from donations.emails.mailer import MailError, MailRefused, MailUnavailable
from donations.gateway.kinds import ObjectKind
from donations.jobs.send_messages import is_any_due, office_of, send_messages
from donations.models import OutboxMessage, OutboxStatus, Supporter
from donations.models.database import is_in_transaction, writing
from donations.services import outbox
from donations.services.letters.compose import Draft, compose
from donations.services.outbox import LEASE
from tests.sync.desk import Desk, only
from tests.sync.lives import payment_intent, subscription


@dataclass
class Postbox:
    raising: list[BaseException] = field(default_factory=list)
    sent: list[EmailMessage] = field(default_factory=list)
    losing: list[BaseException] = field(default_factory=list)
    """Raised once the message has gone: its answer is lost."""

    def send(self, message: EmailMessage) -> None:
        assert not is_in_transaction()
        if self.raising:
            raise self.raising.pop(0)
        self.sent.append(message)
        if self.losing:
            raise self.losing.pop(0)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def send(desk: Desk, postbox: Postbox) -> int:
    return send_messages(desk.runtime, postbox, desk.random)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def test_a_payment_sends_one_receipt_to_its_supporter(desk: Desk, postbox: Postbox) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    assert is_any_due(desk.runtime) is True

    assert (send(desk, postbox), send(desk, postbox)) == (1, 0)

    (message,) = postbox.sent
    assert message["To"].endswith("@example.com")
    assert message["Message-ID"] == only(OutboxMessage).message_id
    assert checkout.reference in text_of(message)
    assert "€50" in text_of(message)
    assert only(OutboxMessage).status is OutboxStatus.SENT
    assert is_any_due(desk.runtime) is False


@pytest.mark.parametrize(
    ("changes", "next_charge"),
    [
        ({}, "Next charge:  22 December 2026"),
        ({"current_period_ends_at": None}, "Next charge:  22 December 2026"),
        ({"cancels_at_period_end": True}, None),
    ],
    ids=["known", "not known yet", "ends"],
)
def test_a_recurring_receipt_names_the_next_charge_if_there_is_one(
    desk: Desk, postbox: Postbox, changes: dict[str, object], next_charge: str | None
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout, **changes))
    desk.apply(payment_intent(checkout))

    send(desk, postbox)

    (text,) = (text_of(each) for each in postbox.sent if "receipt" in each["Subject"].lower())
    assert "Every month" in text
    assert ("Next charge" in text) is (next_charge is not None)
    assert (next_charge or "") in text


def test_a_mail_server_that_is_away_is_tried_again_later(desk: Desk, postbox: Postbox) -> None:
    desk.apply(payment_intent(desk.checkout()))
    postbox.raising.append(MailUnavailable("ConnectionRefusedError"))

    send(desk, postbox)
    assert (only(OutboxMessage).tries, only(OutboxMessage).problem) == (1, "ConnectionRefusedError")
    assert send(desk, postbox) == 0
    desk.clock.forward(timedelta(seconds=6))
    send(desk, postbox)

    assert len(postbox.sent) == 1


def test_a_database_that_goes_away_meanwhile_is_no_fault_of_the_message(
    desk: Desk, postbox: Postbox, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.apply(payment_intent(desk.checkout()))
    postbox.raising.append(OperationalError("SELECT", None, ConnectionResetError()))

    send(desk, postbox)
    told = capsys.readouterr().err
    desk.clock.forward(timedelta(seconds=6))
    send(desk, postbox)

    assert "message_not_sent" in told
    assert "message_fault" not in told
    assert len(postbox.sent) == 1


def test_a_message_that_is_refused_for_good_is_given_up(desk: Desk, postbox: Postbox) -> None:
    desk.apply(payment_intent(desk.checkout()))
    refused: MailError = MailRefused("SMTPRecipientsRefused 550")
    postbox.raising.append(refused)

    send(desk, postbox)

    assert only(OutboxMessage).status is OutboxStatus.FAILED


def test_a_message_that_cannot_be_written_holds_up_no_other(desk: Desk, postbox: Postbox) -> None:
    broken, sound = desk.checkout(), desk.checkout()
    for checkout in (broken, sound):
        desk.apply(payment_intent(checkout))
    with writing() as session:
        tampered = update(Supporter).where(Supporter.id == broken.supporter_id)
        session.execute(tampered.values(email_sealed=b"\x01tampered with"))

    assert send(desk, postbox) == 2

    assert len(postbox.sent) == 1
    assert only(OutboxMessage, supporter_id=broken.supporter_id).problem == "SealBroken"


class Killed(BaseException):
    """The process is no more."""


def test_a_crash_before_sending_sends_once_when_the_lease_has_run_out(desk: Desk, postbox: Postbox) -> None:
    desk.apply(payment_intent(desk.checkout()))
    postbox.raising.append(Killed())
    with pytest.raises(Killed):
        send(desk, postbox)

    assert send(desk, postbox) == 0
    desk.clock.forward(LEASE)
    send(desk, postbox)

    assert [message["Message-ID"] for message in postbox.sent] == [only(OutboxMessage).message_id]


@pytest.mark.parametrize(
    "lost", [Killed(), MailUnavailable("SMTPServerDisconnected")], ids=["crash", "answer"]
)
def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_id(
    desk: Desk, postbox: Postbox, lost: BaseException
) -> None:
    desk.apply(payment_intent(desk.checkout()))
    postbox.losing.append(lost)
    with suppress(Killed):
        send(desk, postbox)

    desk.clock.forward(LEASE)
    send(desk, postbox)
    desk.clock.forward(LEASE)

    assert send(desk, postbox) == 0
    assert {message["Message-ID"] for message in postbox.sent} == {only(OutboxMessage).message_id}
    assert (len(postbox.sent), only(OutboxMessage).status) == (2, OutboxStatus.SENT)


def test_while_one_worker_sends_a_message_no_other_does(desk: Desk, postbox: Postbox) -> None:
    desk.apply(payment_intent(desk.checkout()))
    with writing() as rows:
        assert len(outbox.claim_due(rows, 10, desk.clock())) == 1

    assert send(desk, postbox) == 0


def test_looking_at_a_payment_again_sends_no_second_receipt(desk: Desk, postbox: Postbox) -> None:
    snapshot = payment_intent(desk.checkout())
    for _ in range(3):
        desk.tell(snapshot)
        desk.deliver(ObjectKind.PAYMENT_INTENT, snapshot.id)
        desk.settle()
        send(desk, postbox)

    assert len(postbox.sent) == 1


@dataclass(frozen=True)
class Watchful(Publisher):
    """Notices when a document is set while a transaction is open."""

    def __getattribute__(self, name: str) -> object:
        assert not is_in_transaction(), "a document is set inside a transaction"
        return super().__getattribute__(name)


def gathered(desk: Desk, rows: Session) -> Draft:
    office = replace(
        office_of(desk.runtime), publisher=Watchful("The Moscow Times", "Amsterdam", "https://x")
    )
    (letter,) = outbox.claim_due(rows, 1, desk.clock())
    return compose(rows, office, letter, desk.clock())


def test_a_letter_is_gathered_in_a_transaction_and_its_document_set_after_it(desk: Desk) -> None:
    desk.apply(payment_intent(desk.checkout()))

    with writing() as rows:
        draft = gathered(desk, rows)
    message = draft.draw()

    (document,) = message.iter_attachments()
    assert document.get_content_type() == "application/pdf"


def test_the_proof_finds_the_mistake_of_setting_it_inside_the_transaction(desk: Desk) -> None:
    desk.apply(payment_intent(desk.checkout()))

    with writing() as rows:
        draft = gathered(desk, rows)
        with pytest.raises(AssertionError, match="inside a transaction"):
            draft.draw()
