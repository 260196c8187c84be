"""What each page is held to at a phone's and a desk's width: nothing runs over, and axe finds nothing.

A picture of it is kept for people to look at (`.test-artifacts/`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.pictures import keep_picture

WIDTHS: Final = {"phone": 360, "desk": 1280}
_HEIGHT: Final = 800
# A chart draws itself anew in the frame after its width has changed.
_DRAWN: Final = (
    "document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => setTimeout(done))))"
)


@contextmanager
def page_to_look_at(
    browser: Browser, cookies: Mapping[str, str] | None = None, base: str = ""
) -> Iterator[Page]:
    """On a phone, to begin with."""
    context = browser.new_context(
        viewport={"width": WIDTHS["phone"], "height": _HEIGHT}, reduced_motion="reduce", bypass_csp=True
    )
    context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in (cookies or {}).items()]
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def look(page: Page, artifacts: Path, name: str, widths: Mapping[str, int] = WIDTHS) -> None:
    """At each width in turn, without asking for the page again."""
    for device, width in widths.items():
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        page.evaluate(_DRAWN)
        keep_picture(page, artifacts / f"{name}-{device}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} on a {device}"
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name} on a {device}: {found.generate_report()}"
