"""One view for every report: slug and filters from the address, one result for page and CSV."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template, request

from donations.domain.errors import NotFound
from donations.models.database import reading
from donations.reports import overview as overview_report
from donations.reports.csv import stream_report, stream_table
from donations.reports.filter_words import PRESETS
from donations.reports.filters import Asked, read_filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report
from donations.reports.words import FREQUENCY_NAMES
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.staff.bars import bars_of
from donations.web.staff.permissions import Permission, needs

_MANY_ROWS: Final = 31


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
    return render_template(
        "staff/report.html",
        report=report,
        filters=asked.filters,
        problems=asked.problems,
        presets={name: label for name, (label, _) in PRESETS.items()},
        currencies=current().offers.currencies,
        frequencies=FREQUENCY_NAMES,
        bars={table.slug: bars_of(table) for table in report.tables},
        many_rows=_MANY_ROWS,
    )


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def export(slug: str) -> Response:
    """The same tables as CSV: all of them, or one by `table=`."""
    report, asked = _run(slug)
    wanted = request.args.get("table")
    period = asked.filters.period
    name = "-".join((report.slug, *([wanted] if wanted else []), str(period.first), str(period.last)))
    if wanted is None:
        lines = stream_report(report)
    else:
        table = next((each for each in report.tables if each.slug == wanted), None)
        if table is None:
            raise NotFound("table")
        lines = stream_table(table)
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _run(slug: str) -> tuple[Report, Asked]:
    entry = REPORTS.get(slug)
    if entry is None:
        raise NotFound("report")
    asked = read_filters(request.args, current().now(), current().config.report_timezone)
    with reading() as session:
        return entry.run(session, asked.filters), asked
