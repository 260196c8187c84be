"""One supporter, one spelling of their address; and what of it may be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.errors import InvalidEmail, InvalidName
from donations.domain.supporters import mask_email, mask_email_short, normalize_email, normalize_name


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("nina@example.com", "nina@example.com"),
        ("  Nina@Example.COM \n", "nina@example.com"),
        ("ｎｉｎａ@ｅｘａｍｐｌｅ.com", "nina@example.com"),
        ("n.i+news@example.com", "n.i+news@example.com"),
        ("нина@почта.рф", "нина@почта.рф"),
        ("nina@xn--80a1acny.xn--p1ai", "nina@почта.рф"),
    ],
)
def test_spellings_of_one_address_become_one(text: str, address: str):
    assert normalize_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nina",
        "nina@",
        "@example.com",
        "nina@example",
        "nina@@example.com",
        "nina@exam ple.com",
        "nina@example.com\nBcc: all@example.com",
        "Nina <nina@example.com>",
        '"nina"@example.com',
        "nina@[127.0.0.1]",
        "nina@localhost",
        "a@example.com, b@example.com",
        "x" * 65 + "@example.com",
        "nina@" + "x" * 250 + ".com",
        "x" * 10_000 + "@example.com",
    ],
)
def test_what_is_no_address_is_refused_in_the_readers_terms(text: str):
    with pytest.raises(InvalidEmail, match=r"Enter an email address, like name@example\.com"):
        normalize_email(text)


@given(st.text(max_size=60) | st.emails())
def test_normalizing_twice_is_normalizing_once(text: str):
    try:
        once = normalize_email(text)
    except InvalidEmail:
        return

    assert normalize_email(once) == once


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nina", "Nina"),
        ("  Nina \t van\u00a0der  Berg\n", "Nina van der Berg"),
        ("Ni\u0000na\u202e", "Nina"),
        ("Нина", "Нина"),
        ("Zoe\u0308", "Zoë"),
        ("", None),
        (" \n ", None),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_cannot_be_seen(text: str, name: str | None):
    assert normalize_name(text) == name


def test_a_name_may_have_a_hundred_characters_and_no_more():
    assert normalize_name("x" * 100) == "x" * 100
    with pytest.raises(InvalidName, match="100 characters or fewer"):
        normalize_name("x" * 101)


def test_a_masked_address_shows_its_first_letter_and_no_more_of_the_name():
    assert mask_email("nina@example.com") == "n***@example.com"
    assert mask_email_short("nina@example.com") == "n***@…"
