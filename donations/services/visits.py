"""Keep how often the pages with the appeal were sent: an hour, a step, and where it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.conversion import Step
from donations.models import Origin, VisitHour
from donations.models.insert import insert_into

_KEY = ("hour_at", "step", "campaign", "article", "placement", "variant")


@dataclass(frozen=True, slots=True)
class Visit:
    """One page that was sent. `hour_at` is the beginning of the hour, UTC; '' for no name."""

    hour_at: datetime
    step: Step
    campaign: str = ""
    article: str = ""
    placement: str = ""
    variant: str = ""


def record_visits(session: Session, visits: Mapping[Visit, int], campaigns: Set[str]) -> None:
    """Add these to what was counted before.

    A campaign that is neither among `campaigns` nor has brought a gift is anybody's word, and its
    visits are counted without it.
    """
    known = campaigns | _with_gifts(session, {visit.campaign for visit in visits} - campaigns - {""})
    counts: Counter[Visit] = Counter()
    for visit, number in visits.items():
        counts[visit if visit.campaign in known else replace(visit, campaign="")] += number
    if counts:
        _add(session, counts)


def _with_gifts(session: Session, campaigns: Set[str]) -> Set[str]:
    if not campaigns:
        return set()
    # Only what was paid for has an origin.
    return set(session.scalars(select(Origin.campaign).where(Origin.campaign.in_(campaigns)).distinct()))


def _add(session: Session, counts: Counter[Visit]) -> None:
    # Always in one order: two processes that add the same rows must not wait for each other.
    rows = [asdict(visit) | {"number": counts[visit]} for visit in sorted(counts, key=_place)]
    insert = insert_into(session, VisitHour).values(rows)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=_KEY, set_={"number": VisitHour.number + insert.excluded.number}
        )
    )


def _place(visit: Visit) -> tuple[datetime | str, ...]:
    return tuple(getattr(visit, name) for name in _KEY)
