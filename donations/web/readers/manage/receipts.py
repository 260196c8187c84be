"""What was given, payment by payment, with a receipt for each and a statement for each year."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from donations.models.database import reading
from donations.services import own_receipts
from donations.web.policy import route_policy
from donations.web.readers.manage.gate import get_reader


@route_policy(audience="reader", csrf="none", cache="no-store")
def show() -> ResponseReturnValue:
    """A page of them, the newest first."""
    with reading() as session:
        page = own_receipts.look(session, get_reader().supporter_id, _page_number())
    return render_template("readers/manage/receipts.html", page=page)


def _page_number() -> int:
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
