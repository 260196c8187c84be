"""An article and the appeal under it."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from donations.content.articles import Article, find_article, front_article
from donations.domain.gifts import Frequency
from donations.web.policy import route_policy
from donations.web.readers.support_page import support_url


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


def _page(article: Article) -> str:
    origin = {"article": article.code, "campaign": article.appeal.campaign}
    return render_template(
        "readers/article.html",
        article=article,
        header_url=support_url(placement="header", **origin),
        give_urls={
            each: support_url(frequency=each, placement="article-end", **origin) for each in Frequency
        },
    )
