"""The language link: it keeps the reader's choice, and leads back to the page they were on."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from donations.languages import Language, find_language
from donations.web.language import CHOICE, PARAMETER
from donations.web.policy import route_policy


@route_policy(audience="reader", csrf="none", cache="no-store")
def choose(lang: str) -> ResponseReturnValue:
    """303 to the page named by `next`, in this language, which the browser is asked to remember."""
    language = find_language(lang)
    if language is None:
        abort(404)
    # The address says it too, for browsers that keep no cookies.
    page = _own_page(request.args.get("next", "")) or url_for("readers.front")
    response = redirect(_in_language(page, language), 303)
    CHOICE.set(response, language.value)
    return response


def _own_page(address: str) -> str | None:
    """The address where it is a path on this site. `//host` and `/\\host` lead to others."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and address.isprintable() and " " not in address else None


def _in_language(page: str, language: Language) -> str:
    parts = urlsplit(page)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    return f"{parts.path}?{urlencode([*query, (PARAMETER, language.value)])}"
