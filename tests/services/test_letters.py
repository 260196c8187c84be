"""A letter says what is so when it is sent, and is not sent once it does not apply any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from donations.domain.gifts import Frequency
from donations.emails.registry import KINDS
from donations.jobs.send_messages import send_messages
from donations.jobs.yearly_statements import order_statements
from donations.models import (
    Checkout,
    Erasure,
    IssuedDocument,
    LinkRequest,
    OutboxMessage,
    Subscription,
    Supporter,
)
from donations.models.database import is_in_transaction, writing
from donations.services import outbox
from donations.services.letters.compose import GATHERERS
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import canceled, dispute, invoice, payment_intent, refund, subscription


@dataclass
class Postbox:
    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        assert not is_in_transaction()
        self.sent.append(message)


@pytest.fixture
def desk(app: object) -> Desk:
    return Desk()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def paid(app: object, desk: Desk, postbox: Postbox) -> Checkout:
    """A monthly gift of fifty euros, whose receipt has gone."""
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))
    send(desk, postbox)
    postbox.sent.clear()
    return checkout


def send(desk: Desk, postbox: Postbox, after: timedelta = timedelta(0)) -> list[str]:
    """The texts of what is sent when so much time has passed."""
    desk.clock.forward(after)
    send_messages(desk.runtime, postbox, desk.random)
    texts = [text_of(each) for each in postbox.sent]
    postbox.sent.clear()
    return texts


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def skipped() -> list[tuple[str, str]]:
    with writing() as session:
        rows = session.query(OutboxMessage).where(OutboxMessage.skipped_at.is_not(None)).all()
        return [(row.kind, row.problem or "") for row in rows]


def test_every_kind_that_is_written_can_be_composed() -> None:
    assert set(GATHERERS) == set(KINDS)


def test_a_receipt_goes_with_a_pdf_that_bears_its_number_and_code(
    app: object, desk: Desk, postbox: Postbox
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))

    send_messages(desk.runtime, postbox, desk.random)

    (message,) = postbox.sent
    (attachment,) = message.iter_attachments()
    pdf = PdfReader(BytesIO(attachment.get_content()))
    printed = pdf.pages[0].extract_text()
    number = only(IssuedDocument).number
    assert number in printed
    assert number in text_of(message)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_change_names_what_was_and_what_is(desk: Desk, postbox: Postbox, paid: Checkout) -> None:
    desk.apply(subscription(paid, unit_amount=7500))
    desk.apply(subscription(paid, unit_amount=9000))

    first, second = send(desk, postbox)

    assert "€50 every month" in first
    assert "€75 every month" in first
    assert "€75 every month" in second
    assert "€90 every month" in second


PERIOD_ENDS = NOON + timedelta(days=30)


@pytest.mark.parametrize(
    ("resumes_at", "words"),
    [
        (PERIOD_ENDS + timedelta(days=20), "skip"),
        (PERIOD_ENDS + timedelta(days=80), "paused"),
    ],
    ids=["one left out", "some left out"],
)
def test_a_pause_of_one_charge_is_told_as_skipping_it(
    desk: Desk, postbox: Postbox, paid: Checkout, resumes_at: datetime, words: str
) -> None:
    desk.apply(subscription(paid, is_collection_paused=True, resumes_at=resumes_at))

    (text,) = send(desk, postbox)

    assert words in text.lower()


def test_a_pause_that_was_ended_by_hand_is_not_announced_to_end(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    desk.apply(subscription(paid, is_collection_paused=True, resumes_at=NOON + timedelta(days=60)))
    send(desk, postbox)
    desk.apply(subscription(paid))

    assert send(desk, postbox, timedelta(days=56)) == []
    assert skipped() == [("gift_resuming", "the pause was changed or ended")]


def test_a_pause_is_announced_to_end_five_days_before(desk: Desk, postbox: Postbox, paid: Checkout) -> None:
    desk.apply(subscription(paid, is_collection_paused=True, resumes_at=NOON + timedelta(days=60)))
    send(desk, postbox)

    assert send(desk, postbox, timedelta(days=54)) == []
    assert len(send(desk, postbox, timedelta(days=1))) == 1


def test_a_cancellation_can_be_undone_and_both_are_told(desk: Desk, postbox: Postbox, paid: Checkout) -> None:
    desk.apply(subscription(paid, cancels_at_period_end=True))
    (cancelled,) = send(desk, postbox)
    desk.apply(subscription(paid))
    (goes_on,) = send(desk, postbox)

    assert "22 December 2026" in cancelled
    assert "/manage?then=undo" in cancelled
    assert "goes on" in goes_on


def fails(desk: Desk, paid: Checkout, **changes: object) -> None:
    desk.apply(subscription(paid, status="past_due"))
    desk.apply(invoice(paid, id="in_2", status="open", is_first=False, attempts=1, **changes))


def test_a_failed_payment_leads_straight_to_the_card_page(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    fails(desk, paid)

    (text,) = send(desk, postbox)

    assert "/manage/card/" in text
    assert "/manage\n" in text or "/manage " in text


def test_a_bank_that_asks_is_answered_on_the_page_for_it(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    fails(desk, paid, needs_confirmation=True)

    (text,) = send(desk, postbox)

    assert "/manage/confirm/" in text


def test_the_series_stops_when_the_payment_has_recovered(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    fails(desk, paid)
    send(desk, postbox)
    desk.apply(subscription(paid))

    assert send(desk, postbox, timedelta(days=13)) == []
    assert {kind for kind, _ in skipped()} == {"payment_failed"}


def test_who_gives_in_another_way_is_not_pressed(desk: Desk, postbox: Postbox, paid: Checkout) -> None:
    second = desk.checkout_of(paid.supporter_id, Frequency.ANNUAL)
    desk.apply(subscription(second))
    desk.apply(payment_intent(second))
    send(desk, postbox)
    fails(desk, paid)

    assert send(desk, postbox) == []
    assert skipped() == [("payment_failed", "another recurring gift is active")]


@pytest.mark.parametrize("days", [5, 12])
def test_each_stage_is_told_on_its_day(desk: Desk, postbox: Postbox, paid: Checkout, days: int) -> None:
    fails(desk, paid)
    send(desk, postbox, timedelta(days=days - 1))

    assert len(send(desk, postbox, timedelta(days=1))) == 1


def test_a_second_gift_is_asked_about_while_both_go_on(desk: Desk, postbox: Postbox, paid: Checkout) -> None:
    second = desk.checkout_of(paid.supporter_id, Frequency.MONTHLY)
    desk.apply(subscription(second))
    desk.apply(payment_intent(second))
    desk.apply(canceled(second))

    texts = send(desk, postbox)

    assert not any("two" in text.lower() for text in texts)
    assert ("possible_duplicate", "one of the two has ended, or both are meant") in skipped()


@pytest.mark.parametrize("tell", [refund, dispute], ids=["refund", "dispute"])
def test_a_refund_and_a_dispute_are_told_once(
    desk: Desk, postbox: Postbox, paid: Checkout, tell: Callable[[Checkout], object]
) -> None:
    for _ in range(2):
        desk.apply(tell(paid))  # type: ignore[arg-type]

    assert len(send(desk, postbox)) == 1


@pytest.mark.parametrize("status", ["warning_needs_response", "prevented"])
def test_a_banks_question_that_took_no_money_is_not_told(
    desk: Desk, postbox: Postbox, paid: Checkout, status: str
) -> None:
    desk.apply(dispute(paid, status=status))

    assert send(desk, postbox) == []


def test_a_year_is_stated_once_in_january_to_all_who_gave(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    desk.clock.time = datetime.fromisoformat("2027-01-05T06:00:00+00:00")
    assert order_statements(desk.runtime) == 1
    assert order_statements(desk.runtime) == 0

    (text,) = send(desk, postbox)

    assert "2026" in text
    assert "€50" in text


@pytest.mark.parametrize(
    "day", ["2026-12-31T12:00:00+00:00", "2027-01-04T12:00:00+00:00", "2027-02-01T12:00:00+00:00"]
)
def test_a_year_is_stated_in_january_only(desk: Desk, paid: Checkout, day: str) -> None:
    desk.clock.time = datetime.fromisoformat(day)

    assert order_statements(desk.runtime) == 0


def test_letters_are_in_the_language_of_the_gift(desk: Desk, postbox: Postbox, app: object) -> None:
    checkout = desk.checkout(locale="ru")
    desk.apply(payment_intent(checkout))

    (text,) = send(desk, postbox)

    assert "22 ноября 2026" in text


def test_who_asked_for_neutral_subjects_gets_one_that_says_nothing(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    with writing() as session:
        session.execute(update(Supporter).values(neutral_subjects_since=NOON))
    desk.apply(refund(paid))

    send_messages(desk.runtime, postbox, desk.random)

    assert [each["Subject"] for each in postbox.sent] == ["About your account"]


def test_nothing_is_sent_to_an_address_that_is_suppressed(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    with writing() as session:
        session.execute(update(Supporter).values(suppressed_at=NOON, suppression_reason="bounce"))
    desk.apply(refund(paid))

    assert send(desk, postbox) == []
    assert skipped() == [("refund", "suppressed: bounce")]


def test_a_link_that_was_asked_for_is_sent_even_after_a_complaint(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    with writing() as session:
        session.execute(update(Supporter).values(suppressed_at=NOON, suppression_reason="complaint"))
        session.add(
            LinkRequest(
                reference="asked", email_index=b"x" * 32, language="ru", created_at=NOON, matched_at=NOON
            )
        )
        outbox.add(session, "manage_link", "asked", paid.supporter_id, desk.clock())

    (text,) = send(desk, postbox)

    assert "/manage/open/" in text


def test_nothing_is_sent_to_who_asked_to_be_forgotten(desk: Desk, postbox: Postbox, paid: Checkout) -> None:
    with writing() as session:
        session.add(Erasure(supporter_id=paid.supporter_id, asked_at=NOON, next_try_at=NOON))
    desk.apply(refund(paid))

    assert send(desk, postbox) == []


def test_a_card_is_not_written_about_once_another_one_pays(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    expires_on = (NOON + timedelta(days=69)).date()
    desk.apply(subscription(paid, card_expires_on=expires_on))
    desk.apply(subscription(paid, payment_method_id="pm_2", card_expires_on=None))

    assert send(desk, postbox, timedelta(days=65)) == []
    assert {kind for kind, _ in skipped()} == {"card_expiring"}


def test_a_gift_that_ended_for_want_of_payment_is_told_once(
    desk: Desk, postbox: Postbox, paid: Checkout
) -> None:
    ended = canceled(paid)
    changes = {"status": "canceled", "ended_at": ended.ended_at, "cancellation_reason": "payment_failed"}
    for _ in range(2):
        desk.apply(subscription(paid, **changes))

    assert len(send(desk, postbox)) == 1
    assert count_of(Subscription, standing="canceled") == 1
