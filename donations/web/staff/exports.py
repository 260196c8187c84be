"""A report as a file: the same tables as on its page, as CSV or as XLSX."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from donations.domain.errors import NotFound
from donations.models.database import reading
from donations.reports import csv, xlsx
from donations.reports.file_kinds import FileKind
from donations.reports.filters import Filters, read_filters
from donations.reports.registry import REPORTS
from donations.reports.table import Report
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.staff.downloads import download
from donations.web.staff.permissions import Permission, needs


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def report_csv(slug: str) -> Response:
    """All tables, or one by `table=`, whose header then stands in the first line."""
    report, filters = _run(slug)
    pieces = csv.stream_table(report.tables[0]) if _wanted() else csv.stream_report(report)
    return download(pieces, _name(report, filters), FileKind.CSV)


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def report_xlsx(slug: str) -> Response:
    """The same, each table on a sheet of its own."""
    report, filters = _run(slug)
    return download(xlsx.stream_report(report), _name(report, filters), FileKind.XLSX)


def _run(slug: str) -> tuple[Report, Filters]:
    """The report with the tables that are wanted. Raises NotFound."""
    entry = REPORTS.get(slug)
    if entry is None:
        raise NotFound("report")
    filters = read_filters(request.args, current().now(), current().config.report_timezone).filters
    with reading() as session:
        report = entry.run(session, filters)
    wanted = _wanted()
    if wanted is None:
        return report, filters
    tables = tuple(table for table in report.tables if table.slug == wanted)
    if not tables:
        raise NotFound("table")
    return replace(report, tables=tables), filters


def _wanted() -> str | None:
    return request.args.get("table") or None


def _name(report: Report, filters: Filters) -> str:
    table = (report.tables[0].slug,) if _wanted() else ()
    return "-".join((report.slug, *table, str(filters.period.first), str(filters.period.last)))
