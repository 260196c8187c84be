"""`donations supporters suppress` and `unsuppress`: no more mail, to one or to a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from donations import runtime
from donations.domain.suppressions import SuppressionReason
from donations.models import Supporter
from donations.models.database import reading, writing
from donations.services import erasures, suppressions
from tests.cli.conftest import Terminal
from tests.factories import NOON, make_supporter
from tests.sync.desk import only

ADDRESS = "nadia@example.com"


@pytest.fixture
def nadia(app: Flask) -> Supporter:
    with writing() as session:
        return make_supporter(session, runtime.current().vault, email=ADDRESS)


def suppress(terminal: Terminal, reason: str, *words: str, typing: str | None = None) -> str:
    return terminal.says("supporters", "suppress", "--reason", reason, *words, typing=typing)


def test_no_more_mail_goes_to_an_address_until_it_may_again(terminal: Terminal, nadia: Supporter) -> None:
    assert suppress(terminal, "bounce", "--email", ADDRESS) == "No more mail goes to n***@example.com."
    first = only(Supporter)
    assert (first.suppressed_at is not None, first.suppression_reason) == (True, "bounce")

    said = suppress(terminal, "bounce", "--email", "-", typing=f"{ADDRESS}\n")
    assert said == "Before already, no mail went to n***@example.com."
    assert only(Supporter).suppressed_at == first.suppressed_at

    lifts = [terminal.says("supporters", "unsuppress", "--email", ADDRESS) for _ in range(2)]
    assert lifts == ["Mail goes again to n***@example.com.", "Nothing kept mail from n***@example.com."]
    assert (only(Supporter).suppressed_at, only(Supporter).suppression_reason) == (None, None)


def test_a_complaint_outweighs_a_bounce_and_the_first_day_stays(app: Flask, nadia: Supporter) -> None:
    bounce, complaint = SuppressionReason.BOUNCE, SuppressionReason.COMPLAINT
    later = NOON.replace(hour=18)

    news = [suppressions.suppress(nadia, reason, later) for reason in (bounce, complaint, bounce, complaint)]

    assert news == [True, True, False, False]
    assert (nadia.suppressed_at, nadia.suppression_reason) == (later, "complaint")


def test_no_letter_may_go_to_who_is_suppressed_or_erased(app: Flask, nadia: Supporter) -> None:
    reasons = [suppressions.why_silent(nadia)]
    suppressions.suppress(nadia, SuppressionReason.COMPLAINT, NOON)
    reasons.append(suppressions.why_silent(nadia))
    with writing() as session:
        erasures.wipe(session, nadia.id, NOON)
    reasons.append(suppressions.why_silent(only(Supporter)))

    assert reasons == [None, "suppressed: complaint", "erased"]


def test_each_line_of_a_list_is_answered_without_its_address(
    terminal: Terminal, nadia: Supporter, tmp_path: Path
) -> None:
    with writing() as session:
        make_supporter(session, runtime.current().vault, email="boris@example.org")
    listed = tmp_path / "bounces.csv"
    listed.write_bytes(
        '\ufeffEmail,date\r\n"Nadia@Example.com",2026-11-22\r\n\r\nstranger@example.net\r\n'.encode()
        + b"caf\xe9\nboris@example.org\nnadia@example.com\n"
    )

    result = terminal.runs("supporters", "suppress", "--reason", "bounce", "--file", str(listed))

    assert result.stdout.splitlines() == [
        "line 2\tn***@example.com\tsuppressed",
        "line 4\ts***@example.net\tnot a supporter",
        "line 5\t–\tnot an address",
        "line 6\tb***@example.org\tsuppressed",
        "line 7\tn***@example.com\twas suppressed before",
        "5 addresses. 2 suppressed, 1 was suppressed before, 1 not a supporter, 1 not an address.",
    ]
    with reading() as session:
        assert all(session.get_one(Supporter, number).suppressed_at for number in (1, 2))


def test_a_long_list_is_done_in_parts_and_may_be_done_again(terminal: Terminal, nadia: Supporter) -> None:
    listed = "".join(f"stranger{number}@example.com\n" for number in range(250)) + ADDRESS

    said = [suppress(terminal, "complaint", "--file", "-", typing=listed) for _ in range(2)]

    assert said[0].endswith("251 addresses. 1 suppressed, 250 not a supporter.")
    assert said[1].endswith("251 addresses. 1 was suppressed before, 250 not a supporter.")


@pytest.mark.parametrize(
    ("words", "why", "code"),
    [
        (("--email", "nobody@example.com"), "no supporter with this address", 1),
        (("--email", "nobody"), "Enter an email address", 1),
        (("--file", "no-such-file"), "No such file", 2),
        (("--file", "-"), "There is no address in this list.", 1),
        ((), "either --email or --file", 2),
        (("--file", "-", "--email", ADDRESS), "either --email or --file", 2),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    terminal: Terminal, words: tuple[str, ...], why: str, code: int
) -> None:
    said = terminal.says("supporters", "suppress", "--reason", "bounce", *words, exits=code)

    assert why in said


def test_an_unknown_address_cannot_be_unsuppressed(terminal: Terminal) -> None:
    said = terminal.says("supporters", "unsuppress", "--email", "nobody@example.com", exits=1)

    assert "no supporter with this address" in said
