"""Hide the appeal under articles on one device, and show it again: each a button that a reader presses."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from donations.content.articles import find_article_by_code
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.readers.appeal_cookie import hide_appeal, show_appeal
from donations.web.readers.article import article_url
from donations.web.readers.nonce import nonce_in
from donations.web.readers.own_pages import is_from_elsewhere
from donations.web.readers.references import is_reference


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def hide() -> ResponseReturnValue:
    """Set the cookie, and back to the page with the button."""
    response = _back()
    hide_appeal(response)
    return response


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def show() -> ResponseReturnValue:
    """Take the cookie away, and back to the page with the button."""
    response = _back()
    show_appeal(response)
    return response


def _back() -> Response:
    """303 to the thanks or the article that the form names. Nothing is stored, so a form may serve twice."""
    if is_from_elsewhere(request, current().config.public_base_url):
        abort(403)
    if nonce_in(request.form.get("nonce")) is None:
        abort(400)
    return make_response(redirect(_page_with_the_button(), 303))


def _page_with_the_button() -> str:
    reference = request.form.get("reference", "")
    if is_reference(reference):
        return url_for("readers.thanks", reference=reference, offer=request.form.get("offer"))
    article = find_article_by_code(request.form.get("article"))
    return url_for("readers.front") if article is None else article_url(article)
