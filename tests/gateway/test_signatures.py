"""Only what Stripe signed just now, with a secret of ours, is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import stripe
from hypothesis import example, given, settings
from hypothesis import strategies as st

from donations.gateway.errors import BadSignature
from donations.gateway.signatures import sign, verify

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "whsec_first"
BODY = b'{"id":"evt_1","object":"event"}'
_DIGEST = sign(BODY, SECRET, NOW).partition("v1=")[2]
_STAMP = str(int(NOW.timestamp()))


def is_accepted(
    header: str | None, *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,), now: datetime = NOW
) -> bool:
    try:
        verify(body, header, secrets, now)
    except BadSignature:
        return False
    return True


def test_a_body_signed_with_our_secret_is_accepted() -> None:
    assert is_accepted(sign(BODY, SECRET, NOW))


def test_our_signature_is_the_one_that_the_sdk_expects() -> None:
    header = sign(BODY, SECRET, NOW)

    assert stripe.WebhookSignature.verify_header(BODY.decode(), header, SECRET)


@pytest.mark.parametrize("secret", ["whsec_first", "whsec_second"])
def test_either_of_two_secrets_works_during_rotation(secret: str) -> None:
    assert is_accepted(sign(BODY, secret, NOW), secrets=("whsec_first", "whsec_second"))


def test_the_true_signature_counts_among_several() -> None:
    wrong = "0" * 64

    assert is_accepted(f"t={_STAMP},v1={wrong},v1={_DIGEST},v1={wrong}")


def test_other_schemes_beside_the_true_signature_are_passed_over() -> None:
    assert is_accepted(f"t={_STAMP},v1={_DIGEST},v0={'0' * 64},v2=~")


def test_hex_digits_may_be_upper_case() -> None:
    assert is_accepted(f"t={_STAMP},v1={_DIGEST.upper()}")


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_way_are_allowed_for_clocks(seconds: int) -> None:
    assert is_accepted(sign(BODY, SECRET, NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 365 * 86_400])
def test_a_stale_or_future_signature_is_refused(seconds: int) -> None:
    assert not is_accepted(sign(BODY, SECRET, NOW + timedelta(seconds=seconds)))


def test_a_signature_of_another_body_is_refused() -> None:
    assert not is_accepted(sign(BODY, SECRET, NOW), body=BODY + b" ")


def test_a_signature_with_another_secret_is_refused() -> None:
    assert not is_accepted(sign(BODY, "whsec_theirs", NOW))


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_without_a_secret_nothing_is_accepted(secrets: tuple[str, ...]) -> None:
    assert not is_accepted(sign(BODY, "", NOW), secrets=secrets)


def test_an_empty_secret_beside_a_true_one_opens_no_door() -> None:
    assert not is_accepted(sign(BODY, "", NOW), secrets=("", SECRET))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        _DIGEST,
        f"t={_STAMP}",
        f"v1={_DIGEST}",
        f"t=,v1={_DIGEST}",
        f"t={_STAMP},v0={_DIGEST}",
        f"t={_STAMP},t={_STAMP},v1={_DIGEST}",
        f"t={_STAMP},v1={_DIGEST},",
        f"t={_STAMP},v1={_DIGEST},v1",
        f"t={_STAMP},v1={_DIGEST[:-1]}",
        f"t={_STAMP},v1={_DIGEST}0",
        f"t={_STAMP},v1={_DIGEST}\n",
        f"t={_STAMP},v1={_DIGEST},v1=zz",
        f"t={_STAMP}\n,v1={_DIGEST}",
        f"t= {_STAMP},v1={_DIGEST}",
        f"t=+{_STAMP},v1={_DIGEST}",
        f"t=-{_STAMP},v1={_DIGEST}",
        f"t={_STAMP}.0,v1={_DIGEST}",
        f"t={'9' * 13},v1={_DIGEST}",
        f"t=١٧٦٣,v1={_DIGEST}",
        f"t={_STAMP},v1=é{_DIGEST[1:]}",
        f"t={_STAMP},v1={_DIGEST},v2=é",
        f"t={_STAMP}," + ",".join([f"v1={_DIGEST}"] * 6),
        f"t={_STAMP},v1={_DIGEST},x=" + "y" * 1024,
    ],
)
def test_a_header_that_stripe_would_not_send_is_refused(header: str | None) -> None:
    assert not is_accepted(header)


@settings(max_examples=800, deadline=None)
@given(header=st.text() | st.from_regex(r"t=[0-9]{0,14},v1=[0-9a-f]{63,65}", fullmatch=True))
@example(header="\udcff")
@example(header="t=1\x00,v1=" + "0" * 64)
def test_no_header_made_without_the_secret_is_accepted_and_none_fails_otherwise(header: str) -> None:
    assert not is_accepted(header)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(min_value=0, max_value=len(sign(BODY, SECRET, NOW)) - 1), put=st.characters())
def test_changing_any_character_of_a_true_header_spoils_it(at: int, put: str) -> None:
    header = sign(BODY, SECRET, NOW)

    changed = header[:at] + put + header[at + 1 :]

    prefix = header.partition("v1=")[0] + "v1="
    is_same = changed.startswith(prefix) and changed.lower() == header
    assert is_accepted(changed) == is_same
