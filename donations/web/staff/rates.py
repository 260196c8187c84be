"""Reference rates: the list, the upload of a table, and a look through it before it is stored."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.ecb import MOST_PROBLEMS, read_table
from donations.domain.periods import local_day
from donations.models.database import reading, writing
from donations.reports.filter_words import read_currency
from donations.reports.paging import PAGE_SIZE, Paged, Place, page_number
from donations.reports.rate_list import list_rates, listed_currencies
from donations.runtime import current
from donations.services import rate_uploads
from donations.services.reference_rates import Fate, RateLine, RatesChanged, Recording, count_fates, fates_of
from donations.web.policy import route_policy
from donations.web.staff.forms import RateTableForm, StoreRatesForm
from donations.web.staff.gate import find_member
from donations.web.staff.permissions import Permission, needs

LARGEST_FILE: Final = 4 * 1024 * 1024
"""The bank's whole history since 1999 is two megabytes."""
_AROUND_THE_FILE: Final = 64 * 1024

_CHANGES_FIRST: Final = (Fate.KEPT_OUT, Fate.REPLACED, Fate.ADDED, Fate.SAME)


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """One page of the rates there are, and the form to upload more."""
    return _list_page(RateTableForm(formdata=None))


@needs(Permission.BOOKS)
@route_policy(
    audience="staff", csrf="session", cache="no-store", largest_body=LARGEST_FILE + _AROUND_THE_FILE
)
def upload() -> AnyResponse:
    """Read a table, and go on to look through it. Nothing is stored of it yet but the upload."""
    form, runtime = RateTableForm(), current()
    sent = request.files.get(form.table.name)
    content = sent.read() if sent else b""
    if sent is None or not content:
        form.table.errors = ["Choose a file with a table of the European Central Bank"]
        return make_response(_list_page(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    now = runtime.now()
    table = read_table(content, local_day(now, runtime.config.report_timezone))
    with writing() as session:
        row = rate_uploads.keep(session, table, file_name=sent.filename or "", by=_member_id(), now=now)
    return redirect(url_for("staff.rate_upload", reference=row.reference), 303)


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(reference: str) -> str:
    """What would become of each rate of a table, a page at a time; or what became of it."""
    return _upload_page(reference)


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def store(reference: str) -> AnyResponse:
    """Store a table's rates, once."""
    runtime, form = current(), StoreRatesForm()
    try:
        with writing() as session:
            name = rate_uploads.get(session, reference).row.file_name
            recording = Recording(name, _member_id(), runtime.now(), runtime.config.report_timezone)
            rate_uploads.confirm(session, reference, recording, replaces=bool(form.replace.data))
    except RatesChanged as error:
        return make_response(_upload_page(reference, str(error)), HTTPStatus.CONFLICT)
    return redirect(url_for("staff.rate_upload", reference=reference), 303)


def _member_id() -> int | None:
    member = find_member()
    return None if member is None else member.id


def _list_page(form: RateTableForm) -> str:
    problems: list[str] = []
    currency = read_currency(request.args, problems)
    with reading() as session:
        page = list_rates(session, currency, page_number(request.args.get("page")))
        currencies = listed_currencies(session)
    return render_template(
        "staff/rates.html",
        form=form,
        problems=problems,
        currency=currency,
        currencies=currencies,
        place=page.place,
        lines=page.items,
    )


def _upload_page(reference: str, problem: str | None = None) -> str:
    with reading() as session:
        uploaded = rate_uploads.get(session, reference)
        lines = fates_of(session, uploaded.table.rates, replaces=False)
    page = _page_of(lines)
    return render_template(
        "staff/rate_upload.html",
        upload=uploaded.row,
        table=uploaded.table,
        most_problems=MOST_PROBLEMS,
        fates=count_fates(lines),
        lacking_days=sum(line.rate.lacks_days for line in lines if line.fate is not Fate.SAME),
        place=page.place,
        lines=page.items,
        form=StoreRatesForm(formdata=None),
        problem=problem,
    )


def _page_of(lines: tuple[RateLine, ...]) -> Paged[RateLine]:
    """What differs first, then the newest month."""
    ordered = sorted(lines, key=lambda line: line.rate.month, reverse=True)
    ordered.sort(key=lambda line: _CHANGES_FIRST.index(line.fate))
    place = Place.of(page_number(request.args.get("page")), len(ordered))
    return Paged(tuple(ordered[place.offset : place.offset + PAGE_SIZE]), place)
