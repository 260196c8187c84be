"""Take the monthly gift that is offered after a gift given once. Its "no" is a plain link."""

from __future__ import annotations

from typing import Final

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from donations import runtime
from donations.domain.sentences import N_
from donations.gateway.errors import StripeProblem, StripeUnavailable
from donations.models.database import writing
from donations.services.checkouts import Attempt, FormAlreadyUsed
from donations.services.later_gifts import LaterGift, attempt_to_give_later
from donations.services.thanks import ThanksView
from donations.web.filters import page_locale
from donations.web.language import gettext, said
from donations.web.policy import route_policy
from donations.web.readers import thanks
from donations.web.readers.giving import give
from donations.web.readers.nonce import EXPIRED, nonce_in
from donations.web.readers.own_pages import is_from_elsewhere

_STRIPE_IS_DOWN: Final = N_(
    "You have not been charged. We could not reach our payment provider; please try again."
)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def send(reference: str) -> ResponseReturnValue:
    """To Stripe's page, or back to the thanks: 422 for a form used up, 503 when Stripe can't be reached.

    Nothing is taken from the form but its nonce: gift, day and address are our own rows'.
    """
    running = runtime.current()
    if is_from_elsewhere(request, running.config.public_base_url):
        abort(403)
    view = thanks.look(reference)
    if view.offer is None:
        return redirect(url_for("readers.thanks", reference=reference), 303)
    token = request.form.get("nonce", "")
    nonce = nonce_in(token)
    if nonce is None:
        return _back(view, gettext(EXPIRED), 422)
    try:
        return redirect(give(_attempt(view, view.offer, nonce)), 303)
    except FormAlreadyUsed as error:
        return _back(view, said(error), 422)
    except StripeProblem as problem:
        is_repeatable = isinstance(problem, StripeUnavailable) and not problem.was_answered
        return _back(view, gettext(_STRIPE_IS_DOWN), 503, nonce=token if is_repeatable else None)


def _attempt(view: ThanksView, offer: LaterGift, nonce: str) -> Attempt:
    with writing() as session:
        return attempt_to_give_later(
            session, runtime.current().vault, view.reference, offer, nonce=nonce, locale=page_locale()
        )


def _back(view: ThanksView, problem: str, status: int, nonce: str | None = None) -> Response:
    response = thanks.page(view, problem=problem, nonce=nonce)
    response.status_code = status
    return response
