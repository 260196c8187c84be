"""The rows behind a figure: its formula, itself, and what it is made of, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Any, Final

from flask import Response, abort, render_template, request, stream_with_context, url_for
from sqlalchemy.orm import Session

from donations.domain.errors import NotFound
from donations.models.database import reading
from donations.reports import xlsx
from donations.reports.facts import facts_of, not_followed
from donations.reports.figures import Figure, adds_up, find_figure, words_behind
from donations.reports.file_kinds import FileKind
from donations.reports.filters import Filter, Filters, read_filters
from donations.reports.overview import SLUG as OVERVIEW
from donations.reports.paging import Place, page_number
from donations.reports.registry import REPORTS
from donations.reports.rows.export import stream_rows
from donations.reports.rows.registry import ROWS, Entry
from donations.reports.supporter_list import find_supporters
from donations.reports.table import ColumnKind, RowsOf, Table
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.staff.cells import cell
from donations.web.staff.downloads import download
from donations.web.staff.gate import get_member
from donations.web.staff.people import person_of
from donations.web.staff.permissions import Permission, may, needs
from donations.web.staff.report_links import FIGURE, WITHIN, filter_words, report_url, words_of

_PEOPLE: Final = frozenset({RowsOf.SUPPORTERS, RowsOf.VALUES})
"""Rows that are people: whoever sees single donations need not see them."""


@needs(Permission.DONATIONS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(of: str) -> str:
    """One page of them."""
    kind, entry = _kind(of)
    now, zone = current().now(), current().config.report_timezone
    asked, words = read_filters(request.args, now, zone), _words(entry)
    with reading() as session:
        page = entry.run(session, asked.filters, words, page_number(request.args.get("page")))
        figure = _figure(session, kind, asked.filters, words)
        supporters = find_supporters(session, _references_in(page.table))
    return render_template(
        "staff/rows.html",
        of=of,
        entry=entry,
        page=page,
        people={each.reference: person_of(each, current().vault) for each in supporters},
        place=Place.of(page_number(request.args.get("page")), page.total_rows),
        figure=figure,
        place_words=None if figure is None else _place_of(figure),
        agrees=None if figure is None else adds_up(figure.value, page),
        facts=facts_of(asked.filters, entry.applies - {Filter.COMPARE}),
        problems=(*asked.problems, *page.problems),
        ignored=not_followed(asked.filters, entry.applies | {Filter.COMPARE}),
        back=_way_back(figure),
        kept=_kept(entry),
    )


@needs(Permission.DONATIONS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def export(of: str, kind: FileKind) -> Response:
    """All of them as a file. People stand there by their references only."""
    _, entry = _kind(of)
    words, now = _words(entry), current().now()
    filters = read_filters(request.args, now, current().config.report_timezone).filters
    name = f"{of}-{filters.period.first}-{filters.period.last}"
    facts = facts_of(filters, entry.applies - {Filter.COMPARE})

    def pieces() -> Iterator[Any]:
        with reading() as session:
            table = entry.run(session, filters, words, 1).table
            # A browser may go away in the middle.
            with closing(entry.stream(session, filters, words)) as found:
                if kind is FileKind.CSV:
                    yield from stream_rows(table, found)
                else:
                    yield from xlsx.stream_rows(table, facts, found)

    return download(stream_with_context(pieces()), name, kind)


def _kind(of: str) -> tuple[RowsOf, Entry]:
    """Raises NotFound for what no figure is made of."""
    kind = RowsOf(of) if of in set(RowsOf) else None
    entry = None if kind is None else ROWS.get(kind)
    if kind is None or entry is None:
        raise NotFound("rows")
    if kind in _PEOPLE and not may(get_member().role, Permission.SUPPORTERS):
        abort(HTTPStatus.FORBIDDEN)
    return kind, entry


def _words(entry: Entry) -> dict[str, str]:
    return {name: word for name, word in request.args.items() if name in entry.words and word}


def _references_in(table: Table) -> set[str]:
    keys = [column.key for column in table.columns if column.kind is ColumnKind.SUPPORTER]
    return {str(cell) for key in keys for cell in table.values(key) if cell is not None}


def _kept(entry: Entry) -> dict[str, str]:
    """What leads to the other pages of the same rows."""
    names = entry.words | {FIGURE, WITHIN}
    return filter_words(request.args) | {name: word for name, word in request.args.items() if name in names}


def _figure(session: Session, kind: RowsOf, filters: Filters, words: Mapping[str, str]) -> Figure | None:
    """The figure that led here, as it is now; None where these are not its rows any more. An address is
    kept, and what stands in the third row of a report moves."""
    zone = current().config.report_timezone
    within = read_filters(words_of(request.args.get(WITHIN, "")), filters.as_of, zone).filters
    figure = find_figure(session, request.args.get(FIGURE, ""), within)
    if figure is None or figure.behind.of is not kind:
        return None
    meant = words_behind(within, REPORTS[figure.report.slug].applies, figure.behind)
    others = {name: word for name, word in meant.items() if name in ROWS[kind].words}
    is_it = others == words and read_filters(meant, filters.as_of, zone).filters == filters
    return figure if is_it else None


def _place_of(figure: Figure) -> str:
    """`Gross by currency: EUR`: the table, and what names the row in it."""
    columns = zip(figure.row, figure.table.columns, strict=True)
    names = [
        cell(value, column)
        for value, column in columns
        if value is not None and not column.kind.is_numeric and not column.key.endswith("_before")
    ]
    return f"{figure.table.title}{': ' if names else ''}{', '.join(names)}"


def _way_back(figure: Figure | None) -> tuple[str, str]:
    """The address and the name of the page that led here, or of the front page."""
    words = words_of(request.args.get(WITHIN, ""))
    slug = request.args.get(FIGURE, "").partition("/")[0]
    if slug not in REPORTS:
        return url_for("staff.overview"), REPORTS[OVERVIEW].title
    place = "" if figure is None else f"#{figure.table.slug}"
    return f"{report_url(slug, words)}{place}", REPORTS[slug].title
