"""What we know of a reader is theirs: to see, to take along, and to have erased."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO

from flask import Flask
from icalendar import Calendar
from pypdf import PdfReader

from donations.models import Erasure, IssuedDocument, LinkRequest, MagicLink, ReaderSession, Supporter
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import erasures, issuing
from tests.factories import NOON, ZONE, make_donation, make_refund, make_supporter
from tests.web.readers.manage.conftest import NINA, GiveOf, OwnedGift, Owner, rows


def test_a_reader_sees_and_downloads_what_we_know(nina_in: Owner, nina: Supporter, gift: OwnedGift) -> None:
    with writing() as session:
        make_refund(session, make_donation(session, nina, subscription=gift.subscription), amount=500)

    nina_in.opens("/manage/data")
    assert NINA in nina_in.words
    nina_in.sends("/manage/data/download")

    assert nina_in.answer is not None
    assert nina_in.answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert nina_in.answer.headers["Cache-Control"] == "no-store"
    told = json.loads(nina_in.answer.text)
    assert (told["supporter"]["email"], told["supporter"]["name"]) == (NINA, "Nina")
    assert told["donations"][0]["amount"] == 5000
    assert told["donations"][0]["refunds"][0]["amount"] == 500
    assert told["subscriptions"][0]["stripe_subscription_id"] == gift.subscription.stripe_subscription_id
    assert told["letters"][0]["kind"] == "manage_link"


def test_the_download_holds_nobody_elses(nina_in: Owner, gift: OwnedGift, app: Flask, give: GiveOf) -> None:
    with writing() as session:
        other = session.merge(Supporter(**_someone()))
        session.flush()
        make_donation(session, other, amount=777)

    nina_in.opens("/manage/data")
    nina_in.sends("/manage/data/download")

    assert nina_in.answer is not None
    assert "777" not in nina_in.answer.text


def _someone() -> dict[str, object]:
    return {
        "reference": "someone",
        "email_index": b"x" * 32,
        "email_sealed": b"x",
        "data_key_sealed": b"x",
        "master_key_id": "k",
        "created_at": NOON,
    }


def test_letters_are_written_as_the_reader_chooses(nina_in: Owner, nina: Supporter) -> None:
    nina_in.opens("/manage/data")
    nina_in.sends("/manage/data", {"language": "ru", "is_neutral": "yes"})
    nina_in.opens(nina_in.goes_to)
    assert "Your choices are saved." in nina_in.words
    assert nina_in.page.find(id="language-ru").has_attr("checked")

    with reading() as session:
        row = session.get_one(Supporter, nina.id)
    assert (row.language, row.neutral_subjects_since) == ("ru", NOON)
    nina_in.sends("/manage/data", {"language": "en"})
    with reading() as session:
        row = session.get_one(Supporter, nina.id)
    assert (row.language, row.neutral_subjects_since) == ("en", None)


def test_erasing_takes_two_steps_and_ends_every_login(nina_in: Owner, nina: Supporter, app: Flask) -> None:
    nina_in.opens("/manage/data")
    nina_in.opens(str(nina_in.page.find("a", string="Erase my data")["href"]))
    assert "This cannot be undone." in nina_in.words
    assert rows(Erasure) == []

    nina_in.sends("/manage/data/erase")

    assert "Your data is being erased" in nina_in.words
    assert [each.supporter_id for each in rows(Erasure)] == [nina.id]
    assert rows(ReaderSession) == []
    with writing() as session:
        erasures.wipe(session, nina.id, NOON)
    assert rows(LinkRequest) == rows(MagicLink) == []
    assert nina_in.client.get("/manage/data").status_code == 303


def test_asking_twice_to_be_forgotten_is_one_wish(nina_in: Owner, nina: Supporter) -> None:
    for _ in range(2):
        nina_in.opens("/manage/data/erase")
        nina_in.sends("/manage/data/erase")
        nina_in.logs_in()

    assert len(rows(Erasure)) == 1


def test_payments_are_listed_a_page_at_a_time(nina_in: Owner, nina: Supporter) -> None:
    with writing() as session:
        for months in range(30):
            make_donation(session, nina, amount=1000 + months, at=NOON - timedelta(days=30 * months))

    nina_in.opens("/manage/receipts")
    assert "Page 1 of 2" in nina_in.words
    assert len(nina_in.page.select("tbody tr")) == 24
    nina_in.opens(str(nina_in.page.find("a", rel="next")["href"]))

    assert len(nina_in.page.select("tbody tr")) == 6
    assert "€10.29" in nina_in.words
    assert nina_in.opens("/manage/receipts?page=99").find("a", rel="next") is None


def test_each_payment_has_a_receipt_and_each_year_a_statement(
    nina_in: Owner, nina: Supporter, gift: OwnedGift
) -> None:
    with writing() as session:
        make_donation(session, nina, checkout=gift.checkout, subscription=gift.subscription, amount=1000)
        make_donation(session, nina, amount=2500, at=NOON - timedelta(days=400))
    nina_in.opens("/manage/receipts")
    receipt, statement = (
        nina_in.client.get(str(nina_in.page.select_one(f"main a[href*={kind}][href$=pdf]")["href"]))
        for kind in ("receipts", "statements")
    )

    for answer in (receipt, statement):
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert "€10" in words_of(receipt.data)
    assert "Nina" in words_of(receipt.data)
    assert "Donations in 2026" in words_of(statement.data)
    statements = [each.get_text() for each in nina_in.page.select("main a[href*=statements]")]
    assert statements == ["Statement for 2026", "Statement for 2025"]
    numbers = {each.number for each in rows(IssuedDocument)}
    nina_in.opens("/manage/receipts")
    assert {each.number for each in rows(IssuedDocument)} == numbers


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_a_document_of_someone_else_is_not_found(nina_in: Owner) -> None:
    with writing() as session:
        other = make_supporter(session, current().vault)
        donation = make_donation(session, other)
        number = issuing.issue_receipt(session, donation, ZONE, NOON).number

    for path in (f"receipts/{number}.pdf", "receipts/unknown.pdf", "statements/2026.pdf", "statements/0.pdf"):
        assert nina_in.client.get(f"/manage/{path}").status_code == 404, path


def test_the_charge_dates_open_in_a_calendar(nina_in: Owner, gift: OwnedGift) -> None:
    answer = nina_in.client.get(gift.path("charges.ics"))

    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [event["DTSTART"].dt for event in events][:3] == [
        date(2026, 12, 22),
        date(2027, 1, 22),
        date(2027, 2, 22),
    ]
    assert len(events) == 12
    assert events[0]["DESCRIPTION"] == "€10 every month"
    assert b"Moscow" not in answer.data
    assert len({event["UID"] for event in events}) == 12


def test_a_gift_without_a_next_charge_has_no_calendar(nina_in: Owner, gift: OwnedGift) -> None:
    gift.changes_at_stripe(status="canceled", ended_at=NOON)

    assert nina_in.client.get(gift.path("charges.ics")).status_code == 404
