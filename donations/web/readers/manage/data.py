"""My data: see it, take it along, choose how letters are written, be forgotten."""

from __future__ import annotations

import json

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from donations.languages import NAMES, Language, find_language
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import own_data, supporter_export
from donations.web.policy import route_policy
from donations.web.readers.manage.changing import refuse_foreign_form, stale_form
from donations.web.readers.manage.forms import OwnForm, text
from donations.web.readers.manage.gate import LOGIN, get_reader


class LettersForm(OwnForm):
    """How letters are written."""

    language = StringField()
    is_neutral = BooleanField()
    wants_newsletter = BooleanField()


@route_policy(audience="reader", csrf="none", cache="no-store")
def show() -> ResponseReturnValue:
    """What we know of the reader, in short, and their choices."""
    with reading() as session:
        choices = own_data.choices_of(session, current().vault, get_reader().supporter_id)
    return render_template(
        "readers/manage/data.html", choices=choices, names=NAMES, is_saved=request.args.get("saved") == "1"
    )


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def choose() -> ResponseReturnValue:
    """Keep the choices."""
    refuse_foreign_form()
    form = LettersForm()
    if not form.validate():
        return stale_form()
    with writing() as session:
        own_data.choose(
            session,
            get_reader().supporter_id,
            current().now(),
            language=find_language(text(form, "language")) or Language.ENGLISH,
            is_neutral=bool(form.is_neutral.data),
            wants_newsletter=bool(form.wants_newsletter.data),
        )
    return redirect(url_for("readers.manage.data", saved=1), 303)


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def download() -> ResponseReturnValue:
    """Everything as JSON. By a form, so that no other page can have it fetched."""
    refuse_foreign_form()
    if not OwnForm().validate():
        return stale_form()
    running = current()
    with reading() as session:
        exported = supporter_export.export(
            session, running.vault, get_reader().supporter_id, running.config.report_timezone
        )
    response = Response(
        json.dumps(exported, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@route_policy(audience="reader", csrf="none", cache="no-store")
def show_erase() -> ResponseReturnValue:
    """What is forgotten, what stays in the accounts, and the button."""
    return render_template("readers/manage/erase.html")


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def erase() -> ResponseReturnValue:
    """Write the wish down. The worker ends the gifts at Stripe first, then wipes our rows."""
    refuse_foreign_form()
    if not OwnForm().validate():
        return stale_form()
    running = current()
    with writing() as session:
        own_data.ask_erasure(session, get_reader().supporter_id, running.now())
    running.wake()
    response = make_response(render_template("readers/manage/erased.html", reader=None))
    LOGIN.delete(response)
    return response
