"""The article and its appeal, word for word, and the links that lead on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from donations.content import articles
from donations.content.articles import ArticleMalformed, find_article_by_code, front_article, parse_article
from tests.web.readers.conftest import Reader

FILE = Path(articles.__file__).with_name("article.txt")
PATH = "/articles/nato-will-never-give-up-on-dialogue-with-russia-us-defense-secretary-says-a1"
SHA256_AS_DELIVERED = "78faeb5f7352af210fe965a6cfb56348f139cd92aec621c1fbe47aa2ef8183f3"


def test_the_file_is_as_it_was_delivered() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == SHA256_AS_DELIVERED


@pytest.mark.parametrize("path", ["/", PATH])
def test_every_word_of_the_article_is_on_the_page_in_its_order(reader: Reader, path: str) -> None:
    page = " ".join(reader.looks(path).get_text().split())

    place = 0
    for block in FILE.read_text(encoding="utf-8").split("\n\n"):
        words = " ".join(block.split())
        place = page.find(words, place)
        assert place >= 0, words
        place += len(words)


def test_the_appeal_ends_in_three_links_in_the_order_of_the_seed(reader: Reader) -> None:
    links = reader.looks("/").select(".appeal a")

    assert [link.get_text() for link in links] == ["Give once", "Give monthly", "Give annually"]
    queries = [parse_qs(urlsplit(str(link["href"])).query) for link in links]
    assert [query["frequency"] for query in queries] == [["once"], ["monthly"], ["annual"]]
    for query in queries:
        assert query["article"] == ["a1"]
        assert query["placement"] == ["article-end"]
        assert query["campaign"] == ["independent-journalism"]


def test_the_call_at_the_top_says_that_it_was_the_header(reader: Reader) -> None:
    call = reader.looks("/").select_one("header .call")

    assert call is not None
    assert call.get_text() == "Support The Moscow Times!"
    query = parse_qs(urlsplit(str(call["href"])).query)
    assert query == {
        "article": ["a1"],
        "placement": ["header"],
        "campaign": ["independent-journalism"],
    }


@pytest.mark.parametrize("path", ["/articles/mistyped-a1", "/articles/an-a2-in-it-a1", "/articles/x-a01"])
def test_a_wrong_slug_leads_to_the_right_one(reader: Reader, path: str) -> None:
    response = reader.client.get(path)

    assert response.status_code == 301
    assert response.location == PATH


@pytest.mark.parametrize("path", ["/articles/nato-a2", "/articles/nato", "/articles/x-a99999999999999999999"])
def test_an_unknown_article_is_not_found_in_the_papers_look(reader: Reader, path: str) -> None:
    response = reader.client.get(path)

    assert response.status_code == 404
    assert "We could not find that page" in response.text
    assert "The Moscow Times" in response.text


@pytest.mark.parametrize("code", [None, "", "1", "a2", "a1 ", "a٢", "a-1"])
def test_only_a_known_code_names_an_article(code: str | None) -> None:
    assert find_article_by_code(code) is None
    assert find_article_by_code("a1") == front_article()


def test_a_file_without_the_turn_to_its_appeal_is_refused() -> None:
    text = FILE.read_text(encoding="utf-8").replace("Read more", "Read on")

    with pytest.raises(ArticleMalformed):
        parse_article(1, text)
