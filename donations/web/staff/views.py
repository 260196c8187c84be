"""Saved views: a report with its filters, found again by its name."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.errors import NotFound
from donations.models import SavedView
from donations.models.database import reading, writing
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, read_filters
from donations.reports.paging import page_number
from donations.reports.registry import REPORTS
from donations.runtime import current
from donations.services import saved_views
from donations.services.saved_views import NameRefused
from donations.web.policy import route_policy
from donations.web.staff.forms import ViewForm
from donations.web.staff.gate import get_member
from donations.web.staff.permissions import Permission, needs
from donations.web.staff.report_links import report_url, words_of, written


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """Whoever is logged in sees their own."""
    return _page(None)


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="session", cache="no-store")
def save() -> AnyResponse:
    """Keep what the page shows. Of its words, those that are understood are kept."""
    form, runtime = ViewForm(), current()
    entry = REPORTS.get(form.report.data or "")
    if entry is None:
        raise NotFound("report")
    zone = runtime.config.report_timezone
    words = read_filters(words_of(form.words.data or ""), runtime.now(), zone).filters.words()
    form.words.data = written(words)
    try:
        with writing() as session:
            saved_views.save_view(
                session,
                get_member().id,
                form.name.data or "",
                form.report.data or "",
                form.words.data,
                runtime.now(),
            )
    except NameRefused as error:
        form.name.errors = [str(error)]
        return make_response(_page(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("staff.views"), HTTPStatus.SEE_OTHER)


@needs(Permission.FIGURES)
@route_policy(audience="staff", csrf="session", cache="no-store")
def delete(view_id: int) -> AnyResponse:
    """One of their own; that of anybody else is not found."""
    with writing() as session:
        saved_views.delete_view(session, get_member().id, view_id)
    return redirect(url_for("staff.views"), HTTPStatus.SEE_OTHER)


def _page(form: ViewForm | None) -> str:
    with reading() as session:
        page = saved_views.list_views(session, get_member().id, page_number(request.args.get("page")))
    return render_template(
        "staff/views.html",
        form=form,
        views=[(view, _title(view), _address(view), _asked(view)) for view in page.items],
        place=page.place,
    )


def _title(view: SavedView) -> str:
    entry = REPORTS.get(view.report)
    return "A report that is no more" if entry is None else entry.title


def _address(view: SavedView) -> str | None:
    return report_url(view.report, words_of(view.words)) if view.report in REPORTS else None


def _asked(view: SavedView) -> str:
    """What it asks for now, in words."""
    runtime = current()
    filters = read_filters(words_of(view.words), runtime.now(), runtime.config.report_timezone).filters
    (_, period), *others, _as_of = facts_of(filters, filters.chosen() | {Filter.PERIOD})
    return "; ".join((period, *(f"{name.lower()}: {text}" for name, text in others)))
