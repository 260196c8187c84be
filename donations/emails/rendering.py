"""A letter from its one template, which is drawn twice: as HTML, and as plain text.

The templates in `templates/emails/` hold the words and call parts (`paragraph`, `facts`, `button`).
The parts are MJML in `_html/` and plain text in `_text/`: which of the two a template finds under
the name `parts.mjml` is decided here, so that no sentence is written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, Final

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from mrml import RenderOptions, to_html

from donations.domain.amounts import format_money
from donations.domain.days import format_day, format_month
from donations.emails.letterhead import Letterhead
from donations.emails.plain import aligned, on_one_line, tidied, underlined, wrapped
from donations.languages import Language, catalogue_of
from donations.paths import TEMPLATES

_FOLDER: Final = TEMPLATES / "emails"
# With no fonts named, MJML asks none of Google's.
_OPTIONS: Final = RenderOptions(disable_comments=True, fonts={})
_INLINER: Final = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class _Form(StrEnum):
    """The values are the folders of their parts, after an underscore."""

    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Written:
    """The same words twice: as text, and as HTML."""

    subject: str
    text: str
    html: str


def render(kind: str, letter: object, head: Letterhead) -> Written:
    """Draw `kind`.mjml in both forms."""
    plain = _template(_Form.TEXT, head.language, kind)
    values: dict[str, Any] = {"letter": letter, "head": head}
    values["plain_subject"] = _subject(plain, values)
    values["subject"] = _neutral_subject(head.language) if head.is_neutral else values["plain_subject"]
    text = tidied(plain.render(values))
    html = _as_html(_template(_Form.HTML, head.language, kind).render(values))
    return Written(values["subject"], text, html)


def _subject(template: Template, values: dict[str, Any]) -> str:
    words = template.blocks["subject"](template.new_context(values))
    return on_one_line("".join(words))


def _neutral_subject(language: Language) -> str:
    return catalogue_of(language).gettext("About your account")


def _as_html(mjml: str) -> str:
    """Styles go inline, for many a client ignores sheets; what asks about the screen stays in one."""
    output = to_html(mjml, render_options=_OPTIONS)
    if output.warnings:
        raise ValueError(f"a letter's template is no MJML: {[each.kind for each in output.warnings]}")
    return _INLINER.inline(output.content)


def _template(form: _Form, language: Language, kind: str) -> Template:
    return _environment(form, language).get_template(f"{kind}.mjml")


@lru_cache(maxsize=len(_Form) * len(Language))
def _environment(form: _Form, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([_FOLDER / f"_{form.value}", _FOLDER]),
        autoescape=form is _Form.HTML,  # noqa: S701 - in plain text an escaped name would be misspelt
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # The extension adds this method while it is loaded, which the types don't know.
    environment.install_gettext_translations(  # pyright: ignore[reportAttributeAccessIssue]
        catalogue_of(language), newstyle=True
    )
    environment.filters.update(
        {
            "money": partial(format_money, locale=language.value),
            "day": partial(format_day, locale=language.value),
            "month": partial(format_month, locale=language.value),
            "aligned": aligned,
            "underlined": underlined,
            "wrapped": wrapped,
        }
    )
    return environment
