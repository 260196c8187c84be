"""Which names of links are known: those of the file, and those of our own pages and offers."""

from __future__ import annotations

from pathlib import Path

import pytest

from donations.content.articles import front_article
from donations.content.offers import load_offers
from donations.content.origins import KnownOrigins, OriginsInvalid, load_origins


def loaded(tmp_path: Path, text: str) -> KnownOrigins:
    path = tmp_path / "origins.toml"
    path.write_text(text, encoding="utf-8")
    return load_origins(load_offers(), path)


def test_our_own_pages_and_offers_are_known_without_being_written_down(tmp_path: Path) -> None:
    known = loaded(tmp_path, "")

    assert known.campaigns == {"small-gifts", front_article().appeal.campaign}
    assert known.articles == {"a1"}
    assert known.placements == {"header", "article-end"}
    assert known.variants == set()


def test_names_of_the_file_come_beside_them(tmp_path: Path) -> None:
    known = loaded(tmp_path, 'campaigns = ["spring"]\nplacements = ["letter"]\nvariants = ["a", "b"]')

    assert "spring" in known.campaigns
    assert known.placements == {"header", "article-end", "letter"}
    assert known.variants == {"a", "b"}


def test_the_shipped_file_can_be_read() -> None:
    assert "newsletter" in load_origins(load_offers()).placements


@pytest.mark.parametrize(
    "text",
    ["colours = []", 'campaigns = "spring"', "variants = [1]", 'placements = [" a"]', 'campaigns = [""]'],
)
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(OriginsInvalid):
        loaded(tmp_path, text)
