"""How our rows compare with Stripe's: when it was looked, what was found, what the books say, what waits."""

from __future__ import annotations

from flask import render_template, request

from donations.domain.reconciling import RunKind
from donations.models.database import reading
from donations.reports import reconciling
from donations.reports.owners import owners_of
from donations.reports.paging import page_number
from donations.web.policy import route_policy
from donations.web.staff.permissions import Permission, needs


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """The last run of each kind, the newest books, what was set aside, and one page of all runs."""
    with reading() as session:
        books = reconciling.latest_books(session, page_number(request.args.get("findings")))
        aside = reconciling.set_aside_first(session)
        named = [each.stripe_id for each in aside]
        named += [] if books is None else [each.stripe_id for each in books.findings.items]
        runs = reconciling.list_runs(session, page_number(request.args.get("page")))
        return render_template(
            "staff/reconcile.html",
            last_runs={each.kind: each for each in reconciling.last_runs(session)},
            under_way={each.kind: each for each in reconciling.under_way(session)},
            kinds=list(RunKind),
            books=books,
            aside=aside,
            waiting=reconciling.waiting_now(session),
            owners=owners_of(session, named),
            runs=runs,
            run_words=reconciling.RUN_WORDS,
            beats=reconciling.BEATS,
            step_words=reconciling.STEP_WORDS,
            finding_words=reconciling.FINDING_WORDS,
        )
