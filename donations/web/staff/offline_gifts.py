"""Enter a gift that came without Stripe: the form, a look through it, the entry.

A money fact is never changed, so what would be entered is shown before it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.currencies import all_currencies
from donations.domain.errors import DonationError
from donations.domain.periods import local_day
from donations.models import Supporter
from donations.models.database import reading, writing
from donations.reports.words import METHOD_NAMES
from donations.runtime import current
from donations.services import offline_gifts
from donations.services.supporters import find_or_add
from donations.web.policy import route_policy
from donations.web.staff.gate import get_member
from donations.web.staff.offline_form import Entry, OfflineGiftForm, entry_in, new_nonce
from donations.web.staff.people import Person, person_of
from donations.web.staff.permissions import Permission, needs
from donations.web.staff.typed_fields import LONGEST_CAMPAIGN

_TO_FORM: Final = "form"
_ENTER: Final = "enter"


@dataclass(frozen=True, slots=True)
class _Look:
    """What is shown of an entry before it is made."""

    entry: Entry
    person: Person | None
    """None for somebody who has not given before."""
    alike: int


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show() -> str:
    """The form; `supporter=` in the address names whose gift it is."""
    form = OfflineGiftForm(formdata=None)
    form.supporter.data = request.args.get("supporter")
    form.nonce.data = new_nonce()
    return _form_page(form)


@needs(Permission.BOOKS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def send() -> AnyResponse:
    """On to the look through it, back from there to the form, or the entry: as the button says."""
    form, step = OfflineGiftForm(), request.form.get("step")
    if step == _TO_FORM:
        return make_response(_form_page(form))
    if step == _ENTER:
        return _enter(form)
    with reading() as session:
        entry = entry_in(form, session, current().vault, _today())
        look = None if entry is None else _look(session, entry)
    if look is None:
        return _wrong(form)
    form.nonce.data = look.entry.nonce
    return make_response(
        render_template("staff/offline_look.html", form=form, look=look, methods=METHOD_NAMES)
    )


def _enter(form: OfflineGiftForm) -> AnyResponse:
    runtime = current()
    now, zone = runtime.now(), runtime.config.report_timezone
    try:
        with writing() as session:
            entry = entry_in(form, session, runtime.vault, _today())
            if entry is None:
                return _wrong(form)
            supporter = _supporter_of(session, entry)
            offline_gifts.enter(
                session,
                supporter,
                entry.gift,
                nonce=entry.nonce,
                by=get_member().id,
                zone=zone,
                now=now,
            )
    except offline_gifts.EnteredAlready as error:
        return _refused(form, error)
    return redirect(url_for("staff.supporter", reference=supporter.reference, _anchor="donations-title"), 303)


def _supporter_of(session: Session, entry: Entry) -> Supporter:
    if entry.supporter is not None:
        return entry.supporter
    assert entry.email is not None, "a form without a supporter has an address"
    return find_or_add(session, current().vault, entry.email, current().now())


def _look(session: Session, entry: Entry) -> _Look:
    if entry.supporter is None:
        return _Look(entry, None, 0)
    alike = offline_gifts.count_alike(session, entry.supporter, entry.gift)
    return _Look(entry, person_of(entry.supporter, current().vault), alike)


def _wrong(form: OfflineGiftForm) -> AnyResponse:
    return make_response(_form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY)


def _refused(form: OfflineGiftForm, error: DonationError) -> AnyResponse:
    """With a fresh nonce: sent once more, it is another gift."""
    form.nonce.data = new_nonce()
    return make_response(_form_page(form, str(error)), HTTPStatus.CONFLICT)


def _form_page(form: OfflineGiftForm, problem: str | None = None) -> str:
    offered = current().offers.currencies
    rest = (code for code in all_currencies() if code not in offered)
    return render_template(
        "staff/offline.html",
        form=form,
        problem=problem,
        today=_today(),
        currencies=[(code, code.upper()) for code in (*offered, *rest)],
        methods=[("", "Choose"), *METHOD_NAMES.items()],
        longest_campaign=LONGEST_CAMPAIGN,
    )


def _today() -> date:
    return local_day(current().now(), current().config.report_timezone)
