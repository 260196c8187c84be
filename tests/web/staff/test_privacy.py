"""What staff see of a supporter who gets no mail, or was forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.suppressions import SuppressionReason
from donations.models import Erasure, Supporter
from donations.models.database import writing
from donations.services import erasures, outbox, suppressions
from tests.factories import NOON, make_donation
from tests.web.staff.conftest import Desk, page_of, take_in


def timeline_of(desk: Desk, supporter: Supporter) -> list[str]:
    page = desk.sees(f"/staff/supporters/{supporter.reference}")
    return [entry.get_text(" ", strip=True) for entry in page.select(".timeline .entry")]


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (SuppressionReason.BOUNCE, "mail to this address came back"),
        (SuppressionReason.COMPLAINT, "somebody complained about mail to this address"),
    ],
)
def test_the_record_says_since_when_and_why_nothing_is_sent(
    editor: Desk, nadia: Supporter, reason: SuppressionReason, why: str
) -> None:
    assert "No emails since" not in page_of(editor, nadia)
    with writing() as session:
        suppressions.suppress(session.get_one(Supporter, nadia.id), reason, NOON)

    assert f"No emails since 22 Nov 2026: {why}." in page_of(editor, nadia)
    assert f"Emails stopped Because {why}" in timeline_of(editor, nadia)[0]


def test_a_wish_that_is_not_done_yet_is_shown_with_its_failures(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        erasures.ask(session, nadia, NOON)
    assert "Wants to be erased since 22 Nov 2026." in page_of(editor, nadia)
    with writing() as session:
        row = session.get_one(Erasure, nadia.id)
        row.tries, row.problem = 3, "StripeUnavailable status=503"

    assert "Wants to be erased since 22 Nov 2026; 3 tries failed." in page_of(editor, nadia)
    failure, asked = timeline_of(editor, nadia)[:2]
    assert "Erasure keeps failing (3 tries) StripeUnavailable status=503" in failure
    assert "Erasure asked for" in asked


def test_one_who_was_erased_is_shown_as_erased_with_what_was_given(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        make_donation(session, nadia, amount=5000)
        outbox.add(session, "receipt", "pi_waits", nadia.id, NOON)
        erasures.ask(session, nadia, NOON)
        erasures.wipe(session, nadia.id, NOON + timedelta(minutes=1))

    page = editor.sees(f"/staff/supporters/{nadia.reference}")
    text = page.get_text(" ", strip=True)

    assert [heading.text for heading in page.select("h1")] == ["erased"]
    assert "Erased on 22 Nov 2026: address and name are gone" in text
    assert "Wants to be erased" not in text
    assert "€50.00" in text
    assert "Not needed any more: erased" in text
    assert "Nadia" not in text
    entries = timeline_of(editor, nadia)
    assert any("Email “Receipt” not needed any more erased" in entry for entry in entries)
    assert any("Erased Address and name are gone" in entry for entry in entries)


def test_the_list_of_supporters_shows_them_too(editor: Desk, nadia: Supporter) -> None:
    with writing() as session:
        make_donation(session, nadia)
        erasures.wipe(session, nadia.id, NOON)
    take_in()

    assert "erased" in editor.sees("/staff/supporters").select("table")[0].text
