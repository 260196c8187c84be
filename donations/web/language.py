"""Which language a page is written in, and every sentence in that language.

The address decides (`?lang=ru`), then the reader's own choice (a cookie that only the language link
sets), then the browser, then English. A language in the address goes along in our own links and
redirects, so that a reader who keeps no cookies stays in it. What is not for readers is English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from babel.support import NullTranslations
from flask import Flask, Response, current_app, has_request_context, request, url_for
from flask_babel import Babel, Domain, refresh
from markupsafe import Markup
from werkzeug.utils import cached_property

from donations.domain.errors import DonationError
from donations.domain.money import Money
from donations.languages import NAMES, SOURCE, Language, catalogue_of, find_language, language_of
from donations.web.cookies import Cookie
from donations.web.filters import money, page_locale
from donations.web.policy import policy_of

PARAMETER: Final = "lang"
CHOICE: Final = Cookie("language", timedelta(days=365))
"""Of the reader, by the language link alone."""

_NOT_FOR_READERS: Final = ("/staff", "/webhooks")
_LOOKS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One language of the switch in the foot; its name is in that language."""

    language: Language
    name: str
    url: str
    is_current: bool


def install_language(app: Flask) -> None:
    """Let pages speak their reader's language: `_()` in templates, `gettext` in views."""
    _ReadersBabel(app, default_locale=SOURCE.value, locale_selector=_locale_of_request)
    for each in (page_language, language_links, english):
        app.add_template_global(each)
    # Flask-Babel keeps the locale with the application's context, which may outlive a request.
    app.before_request(refresh)
    app.after_request(_vary)
    app.url_defaults(_carry_along)


def page_language() -> Language:
    """The language that the page is written in."""
    return language_of(page_locale())


def gettext(sentence: str, **values: object) -> str:
    """The sentence in the page's language, with its values; money is written as the page writes it."""
    return _filled_in(catalogue_of(page_language()).gettext(sentence), values)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The same for a sentence that counts: `count` stands in it as `%(num)s`."""
    return _filled_in(catalogue_of(page_language()).ngettext(one, many, count), {"num": count, **values})


def said(error: DonationError) -> str:
    """What went wrong, in the page's language."""
    return gettext(error.sentence, **error.values)


def language_in_address() -> Language | None:
    """The language that the address asks for."""
    return find_language(request.args.get(PARAMETER)) if has_request_context() else None


def language_links() -> tuple[LanguageLink, ...]:
    """The same page in each language; none for pages that are English for everyone."""
    if not _is_for_readers():
        return ()
    here = _page_to_come_back_to()
    return tuple(
        LanguageLink(
            language=each,
            name=NAMES[each],
            url=url_for("readers.language", lang=each.value, next=here),
            is_current=each is page_language(),
        )
        for each in Language
    )


def english() -> str:
    """An attribute for what stays English on every page, such as the article."""
    return "" if page_language() is Language.ENGLISH else Markup(' lang="en"')


class _Catalogues(Domain):
    """Flask-Babel's way to the catalogues, which it would look for in compiled files."""

    def get_translations(self) -> NullTranslations:
        return catalogue_of(page_language())


class _ReadersBabel(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogues()


def _filled_in(sentence: str, values: Mapping[str, object]) -> str:
    written = {name: money(each) if isinstance(each, Money) else each for name, each in values.items()}
    return sentence % written if written else sentence


def _locale_of_request() -> str:
    if not has_request_context() or not _is_for_readers():
        return SOURCE.value
    chosen = language_in_address() or find_language(CHOICE.read())
    return (chosen or _language_of_browser()).value


def _is_for_readers() -> bool:
    """An address that leads nowhere is a reader's, unless it lies in an area of others."""
    policy = policy_of(current_app, request.endpoint)
    if policy is None:
        return not request.path.startswith(_NOT_FOR_READERS)
    return policy.audience == "reader"


def _language_of_browser() -> Language:
    wished = (find_language(tag) for tag, quality in request.accept_languages if quality > 0)
    return next((each for each in wished if each is not None), SOURCE)


def _vary(response: Response) -> Response:
    if request.endpoint != "static" and _is_for_readers():
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _carry_along(endpoint: str, values: dict[str, Any]) -> None:
    language, policy = language_in_address(), policy_of(current_app, endpoint)
    if language is not None and policy is not None and policy.audience == "reader":
        values.setdefault(PARAMETER, language.value)


def _page_to_come_back_to() -> str:
    """This page; what a form was sent to and cannot be looked at leads to the front page instead."""
    adapter = current_app.create_url_adapter(request)
    if request.method not in _LOOKS and not (adapter and adapter.test(request.path, "GET")):
        return url_for("readers.front")
    return request.full_path.rstrip("?")
