"""One view for every report: slug and filters from the address, one result for page and files."""

from __future__ import annotations

from flask import render_template, request

from donations.domain.errors import NotFound
from donations.models.database import reading
from donations.reports import overview as overview_report
from donations.reports.explanations import definitions_of
from donations.reports.facts import not_followed
from donations.reports.filters import Asked, read_filters
from donations.reports.registry import REPORTS
from donations.reports.table import ChartKind, Report
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.staff.gate import get_member
from donations.web.staff.permissions import Permission, may, needs
from donations.web.staff.report_filters import offered
from donations.web.staff.report_links import row_links, written


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def overview() -> str:
    """The area's front page."""
    return show(overview_report.SLUG)


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(slug: str) -> str:
    """A report as a page."""
    report, asked = _run(slug)
    entry, filters = REPORTS[slug], asked.filters
    sees_rows = may(get_member().role, Permission.DONATIONS)
    return render_template(
        "staff/report.html",
        report=report,
        definitions=definitions_of(report.tables),
        filters=filters,
        problems=asked.problems,
        ignored=not_followed(filters, entry.applies),
        offered=offered(filters),
        links=row_links(report, filters, entry.applies) if sees_rows else {},
        words=written(filters.words()),
        has_charts=any(table.chart and table.chart.kind is not ChartKind.HEAT for table in report.tables),
    )


def _run(slug: str) -> tuple[Report, Asked]:
    entry = REPORTS.get(slug)
    if entry is None:
        raise NotFound("report")
    asked = read_filters(request.args, current().now(), current().config.report_timezone)
    with reading() as session:
        return entry.run(session, asked.filters), asked
