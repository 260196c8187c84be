"""Figures for Prometheus: what waits, how far behind we are, what was given up.

Each is read from the database when it is asked for, so any process answers for all of them, the
workers included, and nothing has to be gathered from several. What was counted lags some seconds behind
(see services/tally.py). Only counts, by labels of a fixed set.
Whoever asks from this machine is answered, and whoever shows `METRICS_TOKEN`; for all others there is
no such page.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from donations import runtime
from donations.domain.checkouts import CheckoutStatus
from donations.models.database import reading
from donations.reports import reconciling
from donations.services import alerts, operations, tally, workers
from donations.services.operations import Operations
from donations.web import counters
from donations.web.policy import route_policy

blueprint = Blueprint("metrics", __name__)

_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")


@blueprint.get("/metrics")
@route_policy(audience="operator", csrf="none", cache="no-store")
def metrics() -> Response:
    """404 for everybody who may not know that it is there."""
    if not (_is_from_here() or _shows_token()):
        abort(404)
    current = runtime.current()
    now = current.now()
    with reading() as session:
        families = (
            *_standing(operations.look(session, now)),
            *counters.Counters(tally.totals(session), operations.declined(session)).collect(),
            *counters.comparisons(reconciling.last_runs(session), now),
            *_watched(session, current.real_now()),
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(families))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@dataclass(eq=False)
class _Figures(Collector):
    """One look, in Prometheus's words."""

    families: Sequence[Metric]

    def collect(self) -> Iterator[Metric]:
        return iter(self.families)


def _standing(found: Operations) -> Iterator[Metric]:
    """How the work stands now."""
    for name, meaning, value in (
        ("tickets_waiting", "Stripe's objects that are to be looked at.", found.waiting),
        ("tickets_lag_seconds", "How long the oldest has been due.", found.lag.total_seconds()),
        ("tickets_quarantined", "Stripe's objects that were given up.", found.quarantined_tickets),
        ("events_quarantined", "Events that must not be acted upon.", found.quarantined_events),
        ("messages_due", "Letters that are to be sent now.", found.messages_due),
        ("messages_failed", "Letters that were given up.", found.messages_failed),
    ):
        yield GaugeMetricFamily(f"donations_{name}", meaning, value=value)
    checkouts = GaugeMetricFamily(
        "donations_checkouts", "Attempts to give, by what became of them.", labels=["status"]
    )
    for status in CheckoutStatus:
        checkouts.add_metric([status.value], found.checkouts.get(status.value, 0))
    yield checkouts


def _watched(session: Session, now: datetime) -> Iterator[Metric]:
    """Whether somebody works, and what is wrong. `now` is real time."""
    causes = frozenset(each.cause for each in alerts.list_open(session, now))
    return counters.alerts(causes, len(workers.list_alive(session, now)))


def _is_from_here() -> bool:
    """Not where a proxy on this machine speaks for somebody else."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _shows_token() -> bool:
    token = runtime.current().config.metrics_token
    shown = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())
