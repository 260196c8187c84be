"""How the work goes on: what waits, who works, what came within a day, and what is wrong."""

from __future__ import annotations

from flask import render_template

from donations.models.database import reading
from donations.reports import operations_hours, reconciling
from donations.runtime import current
from donations.services import operations, workers
from donations.web.policy import route_policy
from donations.web.staff.permissions import Permission, needs


@needs(Permission.OPERATIONS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """Everything at one look, from the tables that all processes share."""
    running = current()
    now = running.now()
    with reading() as session:
        hours = operations_hours.last_hours(session, now)
        return render_template(
            "staff/operations.html",
            look=operations.look(session, now),
            workers=workers.list_alive(session, running.real_now()),
            seen_at=workers.last_seen_at(session),
            hours=hours,
            most=max(hour.accepted for hour in hours),
            calls_per_second=running.config.stripe_calls_per_second,
            last_runs=reconciling.last_runs(session),
            run_words=reconciling.RUN_WORDS,
            alert_email=running.config.alert_email,
        )
