"""The next charges of a gift as a calendar file."""

from __future__ import annotations

from itertools import islice
from typing import Final

from flask import Response, abort
from flask.typing import ResponseReturnValue

from donations.documents.calendar import CONTENT_TYPE, FILENAME, charge_calendar
from donations.domain.gift_days import charges_to_come
from donations.runtime import current
from donations.web.language import page_language
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import get_gift

_MOST_DAYS: Final = 12


@route_policy(audience="reader", csrf="none", cache="no-store")
def show(reference: str) -> ResponseReturnValue:
    """404 for a gift that is not charged any more, or not until it is resumed."""
    gift = get_gift(reference)
    days = list(islice(charges_to_come(gift.days), _MOST_DAYS)) if gift.next_charge_on else []
    if not days:
        abort(404)
    response = Response(charge_calendar(days, gift.gift, reference, page_language(), current().now()))
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    return response
