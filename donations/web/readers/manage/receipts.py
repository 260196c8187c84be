"""What was given, payment by payment, with a receipt for each and a statement for each year."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from donations.documents.receipt import receipt_pdf
from donations.documents.yearly_statement import statement_pdf
from donations.models import Supporter
from donations.models.database import writing
from donations.runtime import current
from donations.services import issuing, own_receipts, supporters
from donations.web.language import page_language
from donations.web.policy import route_policy
from donations.web.readers.manage.gate import get_reader

_NUMBER: Final = re.compile("[0-9A-Z-]{1,20}")


@route_policy(audience="reader", csrf="none", cache="no-store")
def show() -> ResponseReturnValue:
    """A page of them, the newest first."""
    running = current()
    with writing() as session:
        page = own_receipts.look(
            session,
            get_reader().supporter_id,
            _page_number(),
            running.config.report_timezone,
            running.now(),
        )
    return render_template("readers/manage/receipts.html", page=page)


@route_policy(audience="reader", csrf="none", cache="no-store")
def receipt(number: str) -> ResponseReturnValue:
    """One receipt as PDF, in the language of the page. 404 where it is someone else's."""
    if _NUMBER.fullmatch(number) is None:
        abort(404)
    running, supporter_id = current(), get_reader().supporter_id
    with writing() as session:
        document = issuing.receipt_document(
            session,
            running.vault,
            own_receipts.get_donation(session, supporter_id, number),
            name=supporters.contact_of(session.get_one(Supporter, supporter_id), running.vault).name,
            statement_descriptor=running.config.statement_descriptor,
            zone=running.config.report_timezone,
            now=running.now(),
        )
    return _pdf(receipt_pdf(document, running.publisher, page_language()), document.filename)


@route_policy(audience="reader", csrf="none", cache="no-store")
def statement(year: int) -> ResponseReturnValue:
    """A year's statement as PDF. 404 for a year without a payment."""
    running, supporter_id = current(), get_reader().supporter_id
    if not 2000 <= year <= 9999:
        abort(404)
    with writing() as session:
        document = issuing.statement_document(
            session,
            running.vault,
            supporter_id,
            year,
            name=supporters.contact_of(session.get_one(Supporter, supporter_id), running.vault).name,
            zone=running.config.report_timezone,
            now=running.now(),
        )
    if document is None:
        abort(404)
    return _pdf(statement_pdf(document, running.publisher, page_language()), document.filename)


def _pdf(content: bytes, filename: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _page_number() -> int:
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
