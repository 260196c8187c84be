"""A code belongs to exactly what its document states, and survives being copied by hand."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.money import Money
from donations.domain.verification import code_for, is_genuine

KEY = bytes(range(32))
DAY = date(2026, 11, 22)
EUROS = Money(1041, "eur")
CODE = code_for(KEY, "2026-000123", EUROS, DAY)


def genuine(code: str, **stated: object) -> bool:
    values: dict[str, object] = {"key": KEY, "number": "2026-000123", "money": EUROS, "day": DAY}
    return is_genuine(code, **(values | stated))  # type: ignore[arg-type]


def test_a_code_never_changes_for_what_was_printed_must_hold() -> None:
    assert CODE == "EKS5-80ZA-0QDV-HQFD"


def test_it_has_eighty_bits_in_groups_without_letters_that_are_misread() -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", CODE)


@given(st.binary(min_size=32, max_size=32), st.text(max_size=20), st.integers(1, 10**12))
def test_every_document_is_told_by_its_code(key: bytes, number: str, amount: int) -> None:
    money = Money(amount, "eur")
    code = code_for(key, number, money, DAY)

    assert is_genuine(code, key=key, number=number, money=money, day=DAY)
    assert not is_genuine(code, key=key, number=number, money=money + Money(1, "eur"), day=DAY)


@pytest.mark.parametrize(
    "stated",
    [
        {"key": bytes(32)},
        {"number": "2026-000124"},
        {"money": Money(1042, "eur")},
        {"money": Money(1041, "usd")},
        {"day": DAY + timedelta(days=1)},
    ],
)
def test_a_code_of_anything_else_is_not_taken(stated: dict[str, object]) -> None:
    assert genuine(CODE)
    assert not genuine(CODE, **stated)


@pytest.mark.parametrize(
    "copied",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"  {CODE.replace('-', ' - ')}\n",
        CODE.replace("0", "O").replace("1", "I"),
        CODE.lower().replace("0", "o").replace("1", "l"),
        CODE.replace("-", "–"),
    ],
)
def test_a_code_copied_by_hand_is_understood(copied: str) -> None:
    assert genuine(copied)


@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", CODE[:-1], f"{CODE}0", "код-чека", "0" * 5000])
def test_what_is_no_code_of_ours_is_refused_and_breaks_nothing(code: str) -> None:
    assert not genuine(code)


def test_parts_that_divide_differently_have_different_codes() -> None:
    assert code_for(KEY, "1", Money(23, "eur"), DAY) != code_for(KEY, "12", Money(3, "eur"), DAY)
