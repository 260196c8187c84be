"""`donations reports show` is asked in the words of the pages."""

from __future__ import annotations

import json

from tests.cli.conftest import Terminal


def test_every_filter_of_the_pages_is_an_option(terminal: Terminal) -> None:
    answer = terminal.runs(
        "reports", "show", "overview", "--format", "json",
        "--from", "2026-01-01", "--to", "2026-01-31", "--compare", "year", "--zone", "UTC",
        "--currency", "usd", "--frequency", "annual", "--campaign", "spring", "--article", "a1",
        "--placement", "@none", "--status", "active", "--known-on", "2026-02-01",
    )  # fmt: skip

    facts = json.loads(answer.stdout)["facts"]
    assert facts["Compared with"] == "1 to 31 January 2025"
    assert (facts["Currency"], facts["Frequency"]) == ("USD", "Annual")
    assert "This page does not go by the status:" in answer.stderr


def test_what_is_not_understood_is_said_and_the_usual_is_shown(terminal: Terminal) -> None:
    answer = terminal.runs(
        "reports", "show", "overview", "--format", "json", "--zone", "Mars", "--to", "soon"
    )

    assert "Europe/Moscow or UTC" in answer.stderr
    assert "Write dates like" in answer.stderr
    assert json.loads(answer.stdout)["report"] == "overview"
