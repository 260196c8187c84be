"""Two recurring gifts of one reader: both are meant."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from donations.models.database import writing
from donations.runtime import current
from donations.services import own_gifts
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import get_gift, refuse_foreign_form, stale_form
from donations.web.readers.manage.forms import OwnForm
from donations.web.readers.manage.gate import get_reader


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def keep_both(reference: str) -> ResponseReturnValue:
    """Don't ask about this gift any more."""
    refuse_foreign_form()
    get_gift(reference)
    if not OwnForm().validate():
        return stale_form()
    with writing() as session:
        own_gifts.keep_beside_others(session, get_reader().supporter_id, reference, current().now())
    return redirect(url_for("readers.manage.home"), 303)
