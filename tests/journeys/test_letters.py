"""Every letter on a phone, by day and by night: nothing runs over, axe finds nothing, pictures are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from donations.emails.registry import KINDS, Kind
from donations.emails.samples import sample_letterhead
from donations.languages import Language
from tests.pictures import keep_picture

pytestmark = pytest.mark.browser

PHONE: Final = 360
# A letter is no page: its reader's mail program is what has landmarks.
RULES: Final[dict[str, Any]] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def phones(browser: Browser) -> Iterator[dict[str, Page]]:
    """One with a light and one with a dark screen."""
    contexts = {
        scheme: browser.new_context(viewport={"width": PHONE, "height": 740}, color_scheme=scheme)
        for scheme in ("light", "dark")
    }
    pages = {scheme: context.new_page() for scheme, context in contexts.items()}
    for page in pages.values():
        page.on("request", lambda request: pytest.fail(f"a letter asked for {request.url}"))
    yield pages
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_letter_fits_a_phone_and_is_kept_as_a_picture(
    phones: dict[str, Page], kind: Kind, artifacts: Path
) -> None:
    for language in Language:
        for variant, write in kind.samples.items():
            phones["light"].set_content(write(sample_letterhead(language)).html)

            name = f"letter-{kind.slug}-{variant}-{language}.png"
            keep_picture(phones["light"], artifacts / name)
            assert phones["light"].evaluate("document.documentElement.scrollWidth") <= PHONE, name
    found = Axe().run(phones["light"], options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_a_letter_can_be_read_on_a_dark_screen(phones: dict[str, Page], artifacts: Path) -> None:
    for slug in ("receipt", "payment_failed", "manage_link"):
        write = next(iter(KINDS[slug].samples.values()))
        phones["dark"].set_content(write(sample_letterhead(Language.ENGLISH)).html)

        keep_picture(phones["dark"], artifacts / f"letter-{slug}-dark.png")
        found = Axe().run(phones["dark"], options=RULES)
        assert found.violations_count == 0, found.generate_report()
