"""Lists with addresses as files to take away: after the password, with a reason, written down first."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from donations.models import AuditEntry
from donations.models.database import reading, writing
from donations.reports import csv, xlsx
from donations.reports.file_kinds import FileKind
from donations.runtime import current
from donations.services import address_exports, staff_logins
from donations.services.address_exports import NotConfirmed, Wanted
from donations.services.audit import ReasonNotAccepted, accepted_reason
from donations.services.staff_logins import Attempt, Refused, StaffMember
from donations.web.policy import route_policy
from donations.web.staff.downloads import download
from donations.web.staff.forms import AddressExportForm
from donations.web.staff.gate import get_member
from donations.web.staff.login import too_many_tries
from donations.web.staff.permissions import Permission, needs
from donations.web.staff.selections import Selection, select_donations, select_supporters

_KINDS: Final = {
    FileKind.XLSX: ("Excel (XLSX)", "Amounts are numbers, days are days. For people."),
    FileKind.CSV: ("CSV", "Plain text. For programs, and for very long lists."),
}
_WRONG: Final = "The password is not right"
_MISSING: Final = "Type your password once more"


@needs(Permission.EXPORTS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def show_supporters() -> AnyResponse:
    return _page(select_supporters(), AddressExportForm(formdata=None), HTTPStatus.OK)


@needs(Permission.EXPORTS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def send_supporters() -> AnyResponse:
    return _answer(select_supporters())


@needs(Permission.EXPORTS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def show_donations() -> AnyResponse:
    return _page(select_donations(), AddressExportForm(formdata=None), HTTPStatus.OK)


@needs(Permission.EXPORTS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def send_donations() -> AnyResponse:
    return _answer(select_donations())


def _answer(selection: Selection) -> AnyResponse:
    """The password first, with no transaction open while it is compared; then the line of the audit log,
    committed; then the file. Where the client goes away, the line stays."""
    form, member, now = AddressExportForm(), get_member(), current().now()
    if form.file_kind.data not in set(FileKind):
        form.file_kind.errors = ["Choose what kind of file it is to be"]
    try:
        accepted_reason(form.reason.data or "")
    except ReasonNotAccepted as error:
        form.reason.errors = [str(error)]
    if form.errors:
        return _page(selection, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    refusal = _confirm(selection, form, member, now)
    if refusal is not None:
        return refusal
    kind, reason = FileKind(form.file_kind.data), form.reason.data or ""
    wanted = Wanted(selection.action, kind, reason, selection.words, selection.rows)
    try:
        with writing() as rows:
            entry = address_exports.allow(rows, member, wanted, now)
    except NotConfirmed as error:
        form.password.errors = [str(error)]
        return _page(selection, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _file(selection, entry, kind, member)


def _confirm(
    selection: Selection, form: AddressExportForm, member: StaffMember, now: datetime
) -> AnyResponse | None:
    """None where the password is proven, now or a moment ago; else the page that says what is wrong."""
    password = form.password.data or ""
    if not password:
        if _is_confirmed(member, now):
            return None
        form.password.errors = [_MISSING]
        return _page(selection, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    secret, address = current().config.secret_key, request.remote_addr or ""
    with writing() as rows:
        attempt = staff_logins.begin_again(rows, secret, member, address, now)
    if isinstance(attempt, Refused):
        sentence, waits = too_many_tries(attempt.until, now)
        form.password.errors = [sentence]
        response = _page(selection, form, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(waits)
        return response
    if _is_proven(attempt, password, member, now):
        return None
    form.password.errors = [_WRONG]
    return _page(selection, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _is_proven(attempt: Attempt, password: str, member: StaffMember, now: datetime) -> bool:
    if not attempt.is_proven(password):
        return False
    with writing() as rows:
        return staff_logins.confirm(rows, attempt, member, now)


def _is_confirmed(member: StaffMember, now: datetime) -> bool:
    with reading() as rows:
        return staff_logins.is_confirmed(rows, member, now)


def _file(selection: Selection, entry: AuditEntry, kind: FileKind, member: StaffMember) -> Response:
    feed = selection.feed(entry, member.name)
    pieces = csv.stream_feed(feed) if kind is FileKind.CSV else xlsx.stream_feed(feed)
    day = entry.happened_at.astimezone(current().config.report_timezone).date()
    return download(pieces, f"{selection.slug}-with-addresses-{day}", kind)


def _page(selection: Selection, form: AddressExportForm, status: HTTPStatus) -> Response:
    is_confirmed = _is_confirmed(get_member(), current().now())
    page = render_template(
        "staff/address_export.html",
        selection=selection,
        form=form,
        kinds=_KINDS,
        asks_password=not is_confirmed or bool(form.password.errors),
    )
    return make_response(page, status)
