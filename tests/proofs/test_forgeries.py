"""The border: what Stripe did not sign just now leaves nothing behind, in thousands of shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient

from donations import runtime
from donations.gateway import signatures
from donations.gateway.errors import BadSignature
from donations.gateway.signatures import sign
from donations.models import StripeEvent, StripeObject
from tests.proofs.databases import ON_SQLITE, ON_SQLITE_FIRST
from tests.proofs.signed import PATH, event_body
from tests.sync.desk import count_of

MANY = [500, pytest.param(10_000, marks=pytest.mark.prove)]
Forgery = tuple[bytes, str]


@pytest.fixture(autouse=True)
def quiet(app: Flask) -> None:
    runtime.install(app, replace(runtime.current(), wake_worker=lambda: None))


def header_at(body: bytes, secret: str, seconds_ahead: float) -> str:
    return sign(body, secret, datetime.now(UTC) + timedelta(seconds=seconds_ahead))


def wrong_secret(dice: Random, body: bytes, secret: str) -> Forgery:
    other = dice.choice(["", secret[:-1], secret + "x", secret.upper(), dice.randbytes(12).hex()])
    return body, header_at(body, other, 0)


def stale(dice: Random, body: bytes, secret: str) -> Forgery:
    return body, header_at(body, secret, -dice.choice([302, 3_600, 86_400 * dice.randint(1, 9_000)]))


def future(dice: Random, body: bytes, secret: str) -> Forgery:
    return body, header_at(body, secret, dice.choice([302, 3_600, 86_400 * dice.randint(1, 9_000)]))


def truncated(dice: Random, body: bytes, secret: str) -> Forgery:
    good = header_at(body, secret, 0)
    return body, good[: dice.randrange(len(good))]


def not_ascii(dice: Random, body: bytes, secret: str) -> Forgery:
    good = header_at(body, secret, 0)
    place = dice.randrange(len(good) + 1)
    return body, good[:place] + chr(dice.randrange(0x80, 0x100)) + good[place:]


def many_signatures(dice: Random, body: bytes, secret: str) -> Forgery:
    good = header_at(body, secret, 0)
    return body, good + "".join(f",v1={dice.randbytes(32).hex()}" for _ in range(dice.randint(5, 12)))


def replayed(dice: Random, body: bytes, secret: str) -> Forgery:
    """A body and its signature of long ago, under a time of now."""
    old = header_at(body, secret, -86_400)
    now = int(datetime.now(UTC).timestamp()) + dice.randint(-200, 200)
    return body, f"t={now},{old.partition(',')[2]}"


def another_body(dice: Random, body: bytes, secret: str) -> Forgery:
    place = dice.randrange(len(body))
    changed = body[:place] + bytes([body[place] ^ 1 << dice.randrange(7)]) + body[place + 1 :]
    return changed, header_at(body, secret, 0)


def other_parts(dice: Random, body: bytes, secret: str) -> Forgery:
    time, signature = header_at(body, secret, 0).split(",")
    digits = signature.removeprefix("v1=")
    return body, dice.choice(
        [time, signature, f"{time},v0={digits}", f"t=,{signature}", f"{time},{time},{signature}",
         f"{time}.0,{signature}", f"{time},v1={digits[:-1]}", f"{time} ,v1={digits}0", f"{time};{signature}"]
    )  # fmt: skip


KINDS: tuple[Callable[[Random, bytes, str], Forgery], ...] = (
    wrong_secret, stale, future, truncated, not_ascii, many_signatures, replayed, another_body, other_parts,
)  # fmt: skip


def forgeries(number: int, secret: str, seed: int = 16) -> Iterator[tuple[str, Forgery]]:
    dice = Random(seed)
    for index in range(number):
        forge = KINDS[index % len(KINDS)]
        yield forge.__name__, forge(dice, event_body(f"evt_{index}"), secret)


def fuzzed(dice: Random, body: bytes) -> bytes:
    """Cut, spliced, repeated, or nothing but noise."""
    cut, length = dice.randrange(len(body)), dice.randrange(1, 9)
    return dice.choice(
        [
            body[:cut],
            body[:cut] + dice.randbytes(length) + body[cut:],
            body[:cut] + body[cut + length :],
            body[:cut] + body[cut:] * 2,
            dice.randbytes(dice.randrange(300)),
            dice.choice([b"[", b"{", b'{"id":', b'"']) * dice.randrange(1, 3_000),
        ]
    )


def post(client: FlaskClient, body: bytes, header: str) -> int:
    return client.post(PATH, data=body, headers={"Stripe-Signature": header}).status_code


def secret() -> str:
    return runtime.current().config.stripe_webhook_secrets[0]


def assert_none_accepted(client: FlaskClient, number: int) -> None:
    answers = Counter((kind, post(client, *forgery)) for kind, forgery in forgeries(number, secret()))

    assert {status for _, status in answers} == {400}, answers
    assert (count_of(StripeEvent), count_of(StripeObject)) == (0, 0)


@ON_SQLITE_FIRST
@pytest.mark.parametrize("number", MANY)
def test_no_forged_signature_is_accepted(
    client: FlaskClient, number: int, figures: Callable[[str], None]
) -> None:
    assert_none_accepted(client, number)
    figures(f"{number} forged signatures of {len(KINDS)} kinds: each answered with 400, no row")


@ON_SQLITE_FIRST
@pytest.mark.parametrize("number", MANY)
def test_no_body_is_accepted_under_the_signature_of_another(
    client: FlaskClient, number: int, figures: Callable[[str], None]
) -> None:
    dice, whole = Random(17), event_body("evt_1")
    header = header_at(whole, secret(), 0)
    bodies = [body for body in (fuzzed(dice, whole) for _ in range(number)) if body != whole]

    answers = Counter(post(client, body, header) for body in bodies)

    assert set(answers) == {400}
    assert (count_of(StripeEvent), count_of(StripeObject)) == (0, 0)
    figures(f"{len(bodies)} fuzzed bodies: each answered with 400, no row")


@ON_SQLITE_FIRST
@pytest.mark.parametrize("number", MANY)
def test_a_signed_body_of_any_shape_is_kept_or_refused_and_never_a_fault(
    client: FlaskClient, number: int
) -> None:
    """As if Stripe itself sent nonsense: a 200 stands for one envelope, anything else for none."""
    dice, answers = Random(18), Counter[int]()
    for index in range(number):
        body = fuzzed(dice, event_body(f"evt_{index}"))
        answers[post(client, body, header_at(body, secret(), 0))] += 1

    assert answers.keys() <= {200, 400, 413}
    assert count_of(StripeEvent) <= answers[200]


def one_sided(body: bytes, header: str | None, secrets: list[str], now: datetime) -> None:
    """Only what is too old is refused: the mistake of most libraries."""
    given = signatures._parsed(header)
    behind = now.timestamp() - int(given.timestamp)
    signatures_of = {sign(body, each, datetime.fromtimestamp(int(given.timestamp), UTC)) for each in secrets}
    if behind > 300 or not any(header == signature for signature in signatures_of):
        raise BadSignature("not signed, or too long ago")


@ON_SQLITE
def test_the_proof_finds_the_mistake_of_a_tolerance_to_one_side(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("donations.gateway.notices.verify", one_sided)

    with pytest.raises(AssertionError, match="future"):
        assert_none_accepted(client, 50)
