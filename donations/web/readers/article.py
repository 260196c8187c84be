"""An article and the appeal under it."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from donations.content.articles import Article, find_article, front_article
from donations.content.origins import Placement
from donations.domain.conversion import Step
from donations.domain.gifts import Frequency
from donations.services.checkouts import Origin
from donations.web.policy import route_policy
from donations.web.readers.appeal_cookie import is_appeal_hidden
from donations.web.readers.nonce import new_token
from donations.web.readers.support_page import support_url
from donations.web.readers.visits import count_visit


@route_policy(audience="reader", csrf="none", cache="public")
def front() -> ResponseReturnValue:
    """The article of the front page."""
    return _page(front_article())


@route_policy(audience="reader", csrf="none", cache="public")
def show(slug: str, number: int) -> ResponseReturnValue:
    """One article; the number finds it, and an old or mistyped slug leads to the right one."""
    article = find_article(number)
    if article is None:
        abort(404)
    if slug != article.slug:
        return redirect(article_url(article), 301)
    return _page(article)


def article_url(article: Article) -> str:
    """Its address, in the language that the page's own address asks for."""
    return url_for("readers.article", slug=article.slug, number=article.id)


def _page(article: Article) -> Response:
    origin = {"article": article.code, "campaign": article.appeal.campaign}
    is_hidden = is_appeal_hidden()
    response = make_response(
        render_template(
            "readers/article.html",
            article=article,
            header_url=support_url(placement=Placement.HEADER, **origin),
            give_urls={
                each: support_url(frequency=each, placement=Placement.ARTICLE_END, **origin)
                for each in Frequency
            },
            is_appeal_hidden=is_hidden,
            nonce=new_token() if is_hidden else "",
        )
    )
    if is_hidden:
        # That it is hidden tells of its reader, and the page holds a nonce: no cache may keep it.
        response.headers["Cache-Control"] = "no-store"
    else:
        count_visit(Step.APPEAL, Origin(**origin))
    return response
