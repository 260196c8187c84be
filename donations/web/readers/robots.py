"""Who looks at a page without reading it: programs, and browsers that fetch ahead.

What is told here is looked at and forgotten. It keeps the figures honest and no more: a program that
calls itself a browser is counted as one.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Request

# Parts of the names that programs give themselves. Cubot is a telephone.
_ROBOTS: Final = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|scan|monitor|uptime|headless|lighthouse|externalhit|feedfetcher"
    r"|curl|wget|python|go-http|java/|okhttp|libwww|httpclient",
    re.IGNORECASE,
)
_AHEAD: Final = "prefetch"


def is_read_by_a_person(request: Request) -> bool:
    """Whether somebody asked for this page to look at it, as far as the request tells."""
    agent = request.headers.get("User-Agent", "")
    return request.method == "GET" and bool(agent) and not _ROBOTS.search(agent) and not _is_ahead(request)


def _is_ahead(request: Request) -> bool:
    """A page fetched before anyone has clicked. `prefetch;prerender` is one that may be shown later: it
    isn't asked for again then, and is left out all the same."""
    headers = ("Sec-Purpose", "Purpose", "X-Moz")
    return any(request.headers.get(name, "").lower().startswith(_AHEAD) for name in headers)
