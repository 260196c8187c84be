"""What the last run of mutants found is good enough, and is about modules and tests that are there."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.groups import GROUPS
from tests.mutants.results import explained, gist, is_enough, read, unexplained

ROOT = Path(__file__).parents[2]


def test_of_the_mutants_that_were_tried_nine_in_ten_were_noticed() -> None:
    assert is_enough()


def test_each_survivor_is_explained() -> None:
    assert unexplained() == []


def test_nothing_is_explained_that_did_not_survive() -> None:
    survivors = {
        (module, gist(change)) for module, found in read().items() for change in found.survivors.values()
    }

    assert set(explained()) <= survivors


def test_groups_name_modules_and_tests_that_are_there() -> None:
    named = [each for group in GROUPS for each in (*group.modules, *group.tests) if not each.startswith("-")]

    assert [each for each in named if not (ROOT / each).exists()] == []
    assert set(read()) <= {module for group in GROUPS for module in group.modules}
