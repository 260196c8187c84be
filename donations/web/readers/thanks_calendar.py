"""The next charges of a gift as a file for the reader's calendar."""

from __future__ import annotations

from flask import Response, abort, make_response
from flask.typing import ResponseReturnValue

from donations import runtime
from donations.documents.calendar import CONTENT_TYPE, FILENAME, charge_calendar
from donations.services.thanks import ThanksView
from donations.web.language import page_language
from donations.web.policy import route_policy
from donations.web.readers import thanks


@route_policy(audience="reader", csrf="none", cache="no-store")
def show(reference: str) -> ResponseReturnValue:
    """404 where no charge is to come."""
    view = thanks.look(reference)
    if view.plan is None:
        abort(404)
    return _file(view)


def _file(view: ThanksView) -> Response:
    assert view.plan is not None
    response = make_response(
        charge_calendar(
            view.plan.days, view.plan.gift, view.reference, page_language(), runtime.current().now()
        )
    )
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    return response
