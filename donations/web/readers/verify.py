"""Whether a receipt or a statement is genuine, for whoever holds its number and its code.

Both are typed into a form that is posted: in an address they would stand in histories and logs. An
unknown number and a wrong code are answered alike, and tries are counted for each network.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.exceptions import TooManyRequests
from wtforms import StringField

from donations.domain.sentences import N_
from donations.models.database import writing
from donations.runtime import current
from donations.services import documents, throttles
from donations.services.documents import Verified
from donations.services.throttles import Limit
from donations.web.language import gettext
from donations.web.policy import route_policy
from donations.web.readers.forms import NONCE, SupportForm
from donations.web.readers.own_pages import is_from_elsewhere

LIMIT: Final = Limit("verify/network", 20, timedelta(minutes=15))
_MISSING: Final = {
    "number": N_("Enter the number of the receipt or statement"),
    "code": N_("Enter the code of the receipt or statement"),
}


class VerifyForm(FlaskForm):
    class Meta(SupportForm.Meta):
        pass

    number = StringField()
    code = StringField()


@route_policy(audience="reader", csrf="none", cache="no-store")
def show() -> ResponseReturnValue:
    """The empty form."""
    return _page(VerifyForm(formdata=None))


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def send() -> ResponseReturnValue:
    """The answer, above the form. 422 for what is missing, 429 after too many tries."""
    config = current().config
    if is_from_elsewhere(request, config.public_base_url):
        abort(403)
    form = VerifyForm(formdata=request.form)
    if not _is_filled_in(form):
        return _page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    now, address = current().now(), request.remote_addr or ""
    key = throttles.throttle_key(config.secret_key, LIMIT, throttles.network_of(address), now)
    with writing() as session:
        refused_until = throttles.take_try(session, LIMIT, key, now)
        found = None
        if refused_until is None:
            found = documents.verify(session, current().vault, _text(form, "number"), _text(form, "code"))
    if refused_until is not None:
        raise TooManyRequests(retry_after=refused_until)
    return _page(form, found=found, is_answered=True)


def _is_filled_in(form: VerifyForm) -> bool:
    form.validate()
    for name, sentence in _MISSING.items():
        if not _text(form, name):
            form[name].errors = [gettext(sentence)]
    return not form.errors


def _text(form: VerifyForm, name: str) -> str:
    value: object = form[name].data
    return value.strip() if isinstance(value, str) else ""


def _page(
    form: VerifyForm,
    *,
    found: Verified | None = None,
    is_answered: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    problems = [
        ("" if name == NONCE else name, form[name].errors[0])
        for name in (NONCE, *_MISSING)
        if form[name].errors
    ]
    page = render_template(
        "readers/verify.html",
        form=form,
        problems=problems,
        found=found,
        is_answered=is_answered,
        contact=current().config.support_email,
    )
    return make_response(page, status)
