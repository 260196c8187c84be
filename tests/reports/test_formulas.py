"""The quick look at a text's beginning decides nothing differently from the thorough one."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from donations.reports.formulas import PLAIN_STARTS, begins_like_formula

SIGNS = "=+-@\t\r\n\u2212＝＋－＠﹣﹢"


def looked_at_thoroughly(text: str) -> bool:
    skipped = " \u00a0\u180e\u200b\u200c\u200d\u2060\ufeff"
    return any(
        start.lstrip(skipped).startswith(tuple("=+-@\t\r\n\u2212"))
        or start.lstrip().startswith(tuple("=+-@\t\r\n\u2212"))
        for start in (text, unicodedata.normalize("NFKC", text))
    )


@settings(max_examples=300)
@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from(f"{SIGNS} \u200b\ufeffaЯ7\u0301\u0338\u20e3")), max_size=6
    )
)
def test_a_quick_look_and_a_thorough_one_agree(text: str) -> None:
    assert begins_like_formula(text) == looked_at_thoroughly(text)


def test_nothing_that_follows_makes_a_formula_of_a_plain_start() -> None:
    marks = [chr(n) for n in range(0x300, 0x370)] + ["\u20e3", "\u3099", "\ufe0f", "=", "＝"]

    wrong = [(start, mark) for start in PLAIN_STARTS for mark in marks if looked_at_thoroughly(start + mark)]

    assert len(PLAIN_STARTS) > 500
    assert wrong == []
