"""What holds for every page that readers see: light, whole, and of our own making."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from donations.paths import STATIC, TEMPLATES
from donations.web.errors import PAGES, error_page
from tests.web.readers.conftest import Reader

PATHS = [
    "/",
    "/support",
    "/support?frequency=once&currency=usd",
    "/no-such-page",
    "/?lang=ru",
    "/support?lang=ru",
    "/no-such-page?lang=ru",
]
LARGEST_PAGE = 100_000


def looked_at(reader: Reader, path: str) -> BeautifulSoup:
    return BeautifulSoup(reader.client.get(path).text, "html.parser")


def loaded(page: BeautifulSoup) -> list[str]:
    """What a browser fetches for the page, in the order in which it stands there."""
    fetched = [each.get("src") for each in page.find_all(src=True)]
    fetched += [each["href"] for each in page.find_all("link", href=True)]
    return [str(each) for each in fetched]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_fetched_from_another_site(reader: Reader, path: str) -> None:
    page = looked_at(reader, path)

    assert loaded(page)
    assert all(each.startswith("/static/") for each in loaded(page))
    assert all(str(each["action"]).startswith("/") for each in page.find_all("form"))


@pytest.mark.parametrize("path", PATHS)
def test_no_style_and_no_script_stands_in_the_page(reader: Reader, path: str) -> None:
    page = looked_at(reader, path)

    assert page.find_all("style") == []
    assert page.find_all(style=True) == []
    assert [
        each for each in page.find_all("script") if each.get_text(strip=True) or not each.get("src")
    ] == []
    handlers = [
        name
        for tag in page.find_all(True)
        if isinstance(tag, Tag)
        for name in tag.attrs
        if name.startswith("on")
    ]
    assert handlers == []


@pytest.mark.parametrize("path", PATHS)
def test_a_page_with_all_that_it_loads_but_fonts_is_light(reader: Reader, path: str) -> None:
    text = reader.client.get(path).text
    files = {each for each in loaded(BeautifulSoup(text, "html.parser")) if not each.endswith(".woff2")}

    weight = len(text.encode()) + sum(
        (STATIC / each.removeprefix("/static/")).stat().st_size for each in files
    )

    assert weight < LARGEST_PAGE
    assert len(gzip.compress(text.encode())) < LARGEST_PAGE / 10


@pytest.mark.parametrize("path", PATHS)
def test_every_id_is_there_once_and_every_reference_to_one_is_kept(reader: Reader, path: str) -> None:
    page = looked_at(reader, path)

    ids = [str(each["id"]) for each in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    named = [str(each["for"]) for each in page.find_all("label", {"for": True})]
    for attribute in ("aria-labelledby", "aria-describedby"):
        named += [
            one for each in page.find_all(attrs={attribute: True}) for one in str(each[attribute]).split()
        ]
    assert set(named) <= set(ids)


@pytest.mark.parametrize("status", sorted(PAGES))
def test_every_error_has_a_page_in_the_papers_look(page_app: Flask, status: int) -> None:
    with page_app.test_request_context():
        response = error_page(status)

    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    assert response.status_code == status
    assert page.select_one(".wordmark").get_text() == "The Moscow Times"
    assert page.title.get_text() == f"{page.h1.get_text()} - The Moscow Times"
    assert str(status) in page.select_one(".error-code").get_text()


def test_every_error_template_is_of_an_error_that_we_show() -> None:
    files = {path.stem for path in (TEMPLATES / "errors").glob("[0-9]*.html")}

    assert files == {str(status) for status in PAGES}


def test_vendored_files_are_as_they_came() -> None:
    text = (STATIC / "VENDORED.md").read_text()
    rows = re.findall(r"^\| ((?:fonts|js)/\S+) \| .+ \| ([0-9a-f]{64}) \|$", text, re.MULTILINE)
    ours = {STATIC / "js" / f"{name}.js" for name in ("support", "charts", "chart_looks", "chart_plugins")}

    kept = {*(STATIC / "fonts").iterdir(), *(STATIC / "js").iterdir()}
    assert {STATIC / name for name, _ in rows} == kept - ours
    for name, digest in rows:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


def test_every_file_that_a_sheet_names_is_there() -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        for name in re.findall(r'url\("?([^")]+)"?\)', sheet.read_text(encoding="utf-8")):
            assert not re.match("[a-z]+:|//", name), name
            assert Path(sheet.parent, name).resolve().is_file(), name
