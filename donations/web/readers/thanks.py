"""Where Stripe sends readers back to. Arriving here proves nothing: our rows say what happened.

While they do not say it yet, the page asks again by itself, ever less often, and by a link.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from donations import runtime
from donations.content.articles import Article, find_article_by_code, front_article
from donations.models.database import writing
from donations.services import thanks
from donations.services.thanks import ThanksState, ThanksView
from donations.web.language import gettext
from donations.web.policy import route_policy
from donations.web.readers.appeal_cookie import is_appeal_hidden
from donations.web.readers.article import article_url
from donations.web.readers.nonce import new_token
from donations.web.readers.references import is_reference

_PAUSES_S: Final = (2, 3, 5, 8, 13, 20, 30, 60, 60, 60)
"""Seconds before each look by itself; after the last, the link remains."""

_TEMPLATES: Final = {
    ThanksState.RECEIVED: "readers/thanks_received.html",
    ThanksState.BEGINS_LATER: "readers/thanks_begins_later.html",
    ThanksState.ON_ITS_WAY: "readers/thanks_on_its_way.html",
    ThanksState.NOT_PAID: "readers/thanks_not_paid.html",
}
_DECLINED: Final = "no"


@route_policy(audience="reader", csrf="none", cache="no-store")
def show(reference: str) -> ResponseReturnValue:
    """One of the states, or 404 for a reference that we never gave."""
    view = look(reference)
    looks = _number("looks") or 0
    look_again_url = url_for(
        "readers.thanks", reference=view.reference, since=view.look_again_at, looks=looks + 1
    )
    looks_by_itself = view.state is ThanksState.ON_ITS_WAY and looks < len(_PAUSES_S)
    response = page(view, look_again_url=look_again_url, looks_by_itself=looks_by_itself)
    if looks_by_itself:
        response.headers["Refresh"] = f"{_PAUSES_S[looks]}; url={look_again_url}"
    return response


def look(reference: str) -> ThanksView:
    """What our rows say of a checkout; 404 where there is none."""
    if not is_reference(reference):
        abort(404)
    running = runtime.current()
    with writing() as session:
        view = thanks.look(
            session,
            running.vault,
            reference,
            since=_number("since"),
            book=running.offers,
            zone=running.config.report_timezone,
            now=running.now(),
        )
    if view is None:
        abort(404)
    if view.is_marked:
        running.wake()
    return view


def page(
    view: ThanksView,
    *,
    problem: str | None = None,
    nonce: str | None = None,
    look_again_url: str = "",
    looks_by_itself: bool = False,
) -> Response:
    """The page of one state. `problem` is what became of the offer, `nonce` what its form sends again."""
    config = runtime.current().config
    article = find_article_by_code(view.article) or front_article()
    return make_response(
        render_template(
            _TEMPLATES[view.state],
            view=view,
            offer=None if request.args.get("offer") == _DECLINED else view.offer,
            problem=problem,
            nonce=nonce or new_token(),
            is_appeal_hidden=is_appeal_hidden(),
            article_url=article_url(article),
            share_links=_share_links(article, config.public_base_url),
            look_again_url=look_again_url,
            looks_by_itself=looks_by_itself,
            statement_descriptor=config.statement_descriptor,
            contact=config.support_email,
        )
    )


def _share_links(article: Article, public_base_url: str) -> tuple[tuple[str, str], ...]:
    """Plain links that share the article: not the gift, and nothing of theirs runs on our page."""
    address, words = quote(public_base_url + article.path, safe=""), quote(article.headline, safe="")
    return (
        (gettext("Email"), f"mailto:?subject={words}&body={address}"),
        ("Telegram", f"https://t.me/share/url?url={address}&text={words}"),
        ("WhatsApp", f"https://wa.me/?text={words}%20{address}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={address}"),
        ("X", f"https://x.com/intent/post?url={address}&text={words}"),
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
