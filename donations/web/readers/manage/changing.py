"""Take a checked form about one gift to Stripe: our row, commit, the call, our row again.

The same form again leads to the same result page, whether the first copy has been answered or not.
Nothing of the gift is changed here: its page shows what Stripe says of it.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from donations.jobs.gift_calls import carry_out
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import gift_wishes, own_gifts
from donations.services.gift_wishes import Asked, Begun, WhyNot
from donations.services.own_gifts import OwnGift
from donations.web.readers.manage.forms import GiftForm
from donations.web.readers.manage.gate import get_reader
from donations.web.readers.own_pages import is_from_elsewhere
from donations.web.readers.references import is_reference


def get_gift(reference: str) -> OwnGift:
    """The gift that an address names. Aborts with 404, also where it is someone else's."""
    if not is_reference(reference):
        abort(404)
    with reading() as session:
        return own_gifts.get(session, get_reader().supporter_id, reference, current().config.report_timezone)


def refuse_foreign_form() -> None:
    """Aborts with 403 where another site's page sent this."""
    if is_from_elsewhere(request, current().config.public_base_url):
        abort(403)


def change(reference: str, form: GiftForm, asked: Asked) -> ResponseReturnValue:
    """Have the gift changed, and lead to the page that says what came of it. 404 where it is someone
    else's, before anything else is looked at."""
    running = current()
    get_gift(reference)
    ticket = form.ticket(reference)
    if ticket is None:
        return stale_form()
    with writing() as session:
        outcome = gift_wishes.ask(session, get_reader().supporter_id, reference, asked, ticket, running.now())
    if not isinstance(outcome, Begun):
        return not_changed(reference, outcome)
    if outcome.call is not None:
        carry_out(running, outcome.call)
    return redirect(url_for("readers.manage.home", done=outcome.reference), 303)


def not_changed(reference: str, why: WhyNot) -> ResponseReturnValue:
    """Nothing was done: why, and how the gift stands."""
    if why is WhyNot.UNDERWAY:
        current().wake()
    status = HTTPStatus.OK if why is WhyNot.ALREADY_SO else HTTPStatus.CONFLICT
    page = render_template("readers/manage/not_changed.html", gift=get_gift(reference), why=why)
    return make_response(page, status)


def stale_form() -> ResponseReturnValue:
    """A form that lay open too long, or was made in another login. Nothing was done."""
    return make_response(render_template("readers/manage/stale.html"), HTTPStatus.BAD_REQUEST)
