"""Find out who asked for a link, and forget what nobody needs any more."""

from __future__ import annotations

from typing import Final

from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import link_requests, magic_links, reader_sessions

MOST_PER_RUN: Final = 100
_MOST_AT_ONCE: Final = 20


def match_requests(runtime: Runtime, most: int = MOST_PER_RUN) -> int:
    """Order the letters that were asked for. Returns how many requests were looked at."""
    if not is_any_due(runtime):
        return 0
    looked_at = 0
    while looked_at < most:
        with writing() as session:
            matched = link_requests.match(session, _MOST_AT_ONCE, runtime.now())
        looked_at += matched
        if matched < _MOST_AT_ONCE:
            break
    return looked_at


def is_any_due(_runtime: Runtime) -> bool:
    with reading() as session:
        return link_requests.is_any_unmatched(session)


def purge(runtime: Runtime) -> None:
    """Forget old requests, links and sessions."""
    now = runtime.now()
    with writing() as session:
        link_requests.purge(session, now)
        magic_links.purge(session, now)
        reader_sessions.purge(session, now)
