"""The inbox of development: the messages that were written to a folder instead of being sent.

It shows whole messages with their addresses, so it exists only where mail goes nowhere else.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Response, render_template, request, send_file

from donations.domain.errors import NotFound
from donations.emails.kept import KeptMessage, find_path, newest_first, read_heading, read_message
from donations.emails.mailer import FolderMailer, mailer_for
from donations.reports.paging import PAGE_SIZE, Place, page_number
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.staff.framed import letter_page, page_around
from donations.web.staff.permissions import Permission, needs


def find_folder() -> Path | None:
    """Where development keeps its mail; None where mail is sent, and always in production."""
    config = current().config
    mailer = mailer_for(config.mail_url)
    return mailer.folder if isinstance(mailer, FolderMailer) and not config.is_production else None


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """One page of the list, newest first."""
    paths = newest_first(_folder())
    place = Place.of(page_number(request.args.get("page")), len(paths))
    shown = paths[place.offset : place.offset + PAGE_SIZE]
    return render_template("staff/inbox.html", messages=[read_heading(path) for path in shown], place=place)


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(name: str) -> Response:
    """One message: headers, HTML in a frame, plain text, attachments."""
    return page_around("staff/inbox_message.html", name=name, message=_message(name))


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def letter(name: str) -> Response:
    """The HTML by itself."""
    return letter_page(_message(name).html)


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def attachment(name: str, number: int) -> Response:
    """What came with it, counted from 1."""
    attachments = _message(name).attachments
    if not 1 <= number <= len(attachments):
        raise NotFound("attachment")
    chosen = attachments[number - 1]
    return send_file(
        BytesIO(chosen.content), chosen.content_type, as_attachment=True, download_name=chosen.filename
    )


def _folder() -> Path:
    folder = find_folder()
    if folder is None:
        raise NotFound
    return folder


def _message(name: str) -> KeptMessage:
    path = find_path(_folder(), name)
    if path is None:
        raise NotFound("message")
    return read_message(path)
