"""Of any number who use one link at the same moment, one is let in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from donations import runtime
from donations.domain.manage_pages import ManagePage
from donations.languages import Language
from donations.models import LinkRequest
from donations.models.database import writing
from donations.services import magic_links
from donations.services.magic_links import Opened
from donations.services.outbox import Letter
from tests.factories import NOON, make_supporter

MANY = 8


def test_a_link_that_many_use_at_once_opens_for_one(app: Flask) -> None:
    with writing() as session:
        supporter = make_supporter(session, runtime.current().vault)
        session.add(
            LinkRequest(
                reference="asked",
                email_index=supporter.email_index,
                language=Language.ENGLISH,
                wanted=ManagePage.CANCEL,
                created_at=NOON,
            )
        )
        session.flush()
        letter = Letter(1, "manage_link", "asked", supporter.id, "<1@example.com>", 0, {})
        token = magic_links.compose_link(session, letter, NOON)
    start = Barrier(MANY)

    def use(_number: int) -> Opened | None:
        start.wait()
        with app.app_context(), writing() as session:
            return magic_links.use(session, token, NOON)

    with ThreadPoolExecutor(MANY) as pool:
        opened = list(pool.map(use, range(MANY)))

    assert [each for each in opened if each] == [Opened(supporter.id, ManagePage.CANCEL)]
