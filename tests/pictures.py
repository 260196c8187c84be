"""Pictures of whole pages, kept for a person to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Error, Page

REFUSED: Final = "Unable to capture screenshot"
PAUSE_MS: Final = 500


def keep_picture(page: Page, path: Path) -> None:
    """The whole page as a picture in `path`.

    A busy Chromium now and then refuses one capture and takes the same picture a moment later
    (https://github.com/MarketSquare/robotframework-browser/issues/5237), which says nothing of
    the page. So that refusal alone is asked once more; any other error is the page's.
    """
    try:
        page.screenshot(path=path, full_page=True)
    except Error as error:
        if REFUSED not in error.message:
            raise
        page.wait_for_timeout(PAUSE_MS)
        page.screenshot(path=path, full_page=True)
