"""The letter with the link that logs a reader in. Its token is made as it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from donations.emails import manage_link
from donations.emails.letterhead import Letterhead
from donations.services import link_requests, magic_links
from donations.services.letters.office import Office, Page
from donations.services.outbox import Letter


def to_manage(session: Session, _office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    token = magic_links.compose_link(session, letter, now)
    url = f"{head.manage_url}/open/{token}"
    # In the language of the page on which it was asked for.
    language = link_requests.find_language(session, letter.cause)
    head = replace(head, language=language or head.language)
    link = manage_link.ManageLink(url, minutes=magic_links.LASTS // timedelta(minutes=1))
    return Page(partial(manage_link.write, link, head))
