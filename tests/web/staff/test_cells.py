"""Figures stand under each other, and a change carries its sign."""

from __future__ import annotations

from fractions import Fraction

import pytest

from donations.domain.money import Money
from donations.reports.table import Cell, Column, ColumnKind
from donations.web.staff.cells import cell, figure


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(124000, "eur"), "€1,240.00"),
        (Money(-501, "usd"), "−$5.01"),
        (Money(500, "jpy"), "¥500"),
        (Money(1000, "huf"), "HUF 10.00"),
        (Money(0, "gbp"), "£0.00"),
    ],
)
def test_money_is_written_with_all_its_decimals(money: Money, text: str) -> None:
    assert figure(money).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Money(100, "eur"), ColumnKind.MONEY, "+€1.00"),
        (Money(-100, "eur"), ColumnKind.MONEY, "−€1.00"),
        (Money(0, "eur"), ColumnKind.MONEY, "€0.00"),
        (Fraction(1, 3), ColumnKind.PERCENT, "+33.3 %"),
        (Fraction(-1, 3), ColumnKind.PERCENT, "−33.3 %"),
        (Fraction(25), ColumnKind.PERCENT, "+2,500.0 %"),
        (1204, ColumnKind.COUNT, "+1,204"),
        (-2, ColumnKind.COUNT, "−2"),
        (None, ColumnKind.PERCENT, "–"),
    ],
)
def test_a_change_is_written_with_its_sign(value: Cell, kind: ColumnKind, text: str) -> None:
    assert cell(value, Column("difference", "Difference", kind, is_change=True)) == text


def test_what_is_no_change_has_no_plus() -> None:
    assert cell(12, Column("donations", "Donations", ColumnKind.COUNT)) == "12"
    assert cell("eur", Column("currency", "Currency", ColumnKind.CURRENCY)) == "EUR"
