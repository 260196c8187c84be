"""A rebuild that takes longer than others wait for it gives way to them, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, repeat

import pytest
from flask import Flask
from sqlalchemy import update

from donations.jobs import refresh_rollups
from donations.models import Donation
from donations.models.database import writing
from donations.runtime import Runtime, current
from donations.services import rollups
from donations.services.rollups import RebuildOverdue
from tests.factories import make_donation, make_supporter


def test_a_rebuild_that_outlives_its_claim_loses_nothing_that_was_taken_in_meanwhile(app: Flask) -> None:
    """As on a machine that was suspended, or where building takes longer than others wait."""
    slow = current()
    refresh_rollups.refresh_all(slow)
    quick = replace(slow, now=lambda: slow.now() + timedelta(hours=3))

    def others_go_on(_what: str, done: int, _of: int) -> None:
        if done == 10:
            with writing() as session:
                make_donation(session, make_supporter(session, slow.vault), amount=700)
            assert refresh_rollups.refresh_all(quick) > 0

    with pytest.raises(RebuildOverdue):
        refresh_rollups.rebuild(replace(slow, now=after_the_claim(slow)), others_go_on)

    assert refresh_rollups.differences(quick, lambda *_: None) == ()


def test_a_rebuild_whose_claim_another_took_over_leaves_it_alone(app: Flask) -> None:
    slow = current()
    quick = replace(slow, now=lambda: slow.now() + timedelta(hours=3))

    def another_begins(_what: str, done: int, _of: int) -> None:
        if done == 10:
            refresh_rollups.rebuild(quick, lambda *_: None)
            with writing() as session:
                make_donation(session, make_supporter(session, slow.vault), amount=700)
            assert refresh_rollups.refresh_all(quick) > 0

    with pytest.raises(RebuildOverdue):
        refresh_rollups.rebuild(slow, another_begins)

    assert refresh_rollups.differences(quick, lambda *_: None) == ()


def test_a_rebuild_that_may_have_read_what_was_corrected_meanwhile_is_not_put_in_place(app: Flask) -> None:
    runtime = current()
    with writing() as session:
        row = make_donation(session, make_supporter(session, runtime.vault), amount=700, fee=30)
    refresh_rollups.refresh_all(runtime)

    def correct(_what: str, done: int, _of: int) -> None:
        if done == 10:
            with writing() as session:
                corrected = update(Donation).where(Donation.id == row.id)
                session.execute(corrected.values(fee_amount=20, net_amount=680))
                rollups.have_built_anew(session)

    with pytest.raises(RebuildOverdue):
        refresh_rollups.rebuild(runtime, correct)

    assert refresh_rollups.differences(runtime, lambda *_: None) == ()


def after_the_claim(runtime: Runtime) -> Callable[[], datetime]:
    """A clock that says three hours more from the second time on that it is asked."""
    spans = chain([timedelta()], repeat(timedelta(hours=3)))
    return lambda: runtime.now() + next(spans)
