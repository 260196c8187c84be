"""Give a donation back: the form, a look through what it changes, and what became of it.

Nothing is changed here but that Stripe is asked: what goes off the donation is what Stripe then says.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.amounts import typed
from donations.domain.errors import DonationError, NotFound
from donations.domain.money import Money
from donations.jobs.refund_calls import carry_out
from donations.jobs.send_messages import office_of
from donations.models import Donation, Supporter
from donations.models.database import reading, writing
from donations.reports.paging import page_number
from donations.reports.refund_effects import effects_of
from donations.reports.refund_list import find_refund, list_refunds
from donations.reports.refund_states import REASON_NAMES
from donations.reports.words import FREQUENCY_NAMES, LOCALE
from donations.runtime import current
from donations.services import refund_requests
from donations.services.audit import LONGEST_REASON
from donations.services.letters.previews import of_refund
from donations.services.refund_requests import AskedAlready, NotRefundable, RefundWish
from donations.web.policy import route_policy
from donations.web.staff.gate import get_member
from donations.web.staff.people import person_of
from donations.web.staff.permissions import Permission, needs
from donations.web.staff.refund_form import FULL, PART, RefundForm, new_nonce, wish_in

_TO_FORM: Final = "form"
_ASK: Final = "ask"


@needs(Permission.REFUNDS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """Every refund that staff asked for, the newest first."""
    with reading() as session:
        page = list_refunds(session, page_number(request.args.get("page")))
    lines = [(line, person_of(line.supporter, current().vault)) for line in page.items]
    return render_template("staff/refunds.html", lines=lines, place=page.place, reasons=REASON_NAMES)


@needs(Permission.REFUNDS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(donation_id: int) -> str:
    """The form; or why this donation cannot be given back."""
    form = RefundForm(formdata=None)
    form.nonce.data = new_nonce()
    return _form_page(form, donation_id)


@needs(Permission.REFUNDS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def send(donation_id: int) -> AnyResponse:
    """On to the look through it, back from there to the form, or to Stripe: as the button says."""
    form, step = RefundForm(), request.form.get("step")
    if step == _TO_FORM:
        return make_response(_form_page(form, donation_id))
    if step == _ASK:
        return _ask(form, donation_id)
    try:
        with reading() as session:
            donation = _donation(session, donation_id)
            left = refund_requests.check_refundable(session, donation)
            wish = wish_in(form, left, get_member().id)
            page = None if wish is None else _look(session, donation, form, wish)
    except NotRefundable as error:
        return _refused(form, donation_id, error)
    return _wrong(form, donation_id) if page is None else make_response(page)


@needs(Permission.REFUNDS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def outcome(reference: str) -> str:
    """How a refund stands that was asked for."""
    with reading() as session:
        line = find_refund(session, reference)
    if line is None:
        raise NotFound("refund")
    person = person_of(line.supporter, current().vault)
    return render_template("staff/refund_request.html", line=line, person=person, reasons=REASON_NAMES)


def _ask(form: RefundForm, donation_id: int) -> AnyResponse:
    """Our row and the line in the log, committed; then the call, unless the same form made it before."""
    runtime = current()
    try:
        with writing() as session:
            wish = wish_in(form, _paid(_donation(session, donation_id)), get_member().id)
            if wish is None:
                return _wrong(form, donation_id)
            row, is_new = refund_requests.begin(session, donation_id, wish, runtime.now())
    except (AskedAlready, NotRefundable) as error:
        return _refused(form, donation_id, error)
    if is_new:
        carry_out(runtime, refund_requests.call_of(row))
    return redirect(url_for("staff.refund_request", reference=row.reference), HTTPStatus.SEE_OTHER)


def _look(session: Session, donation: Donation, form: RefundForm, wish: RefundWish) -> str:
    # What is asked for later is what is shown now, whatever is left by then.
    form.extent.data, form.amount.data = PART, typed(wish.money, LOCALE)
    form.nonce.data = wish.nonce
    supporter = session.get_one(Supporter, donation.supporter_id)
    return render_template(
        "staff/refund_look.html",
        form=form,
        wish=wish,
        effects=effects_of(session, donation, supporter, wish.money),
        letter=of_refund(session, office_of(current()), donation, wish.money),
        language=supporter.language,
        person=person_of(supporter, current().vault),
        reasons=REASON_NAMES,
        frequencies=FREQUENCY_NAMES,
    )


def _wrong(form: RefundForm, donation_id: int) -> AnyResponse:
    return make_response(_form_page(form, donation_id), HTTPStatus.UNPROCESSABLE_ENTITY)


def _refused(form: RefundForm, donation_id: int, error: DonationError) -> AnyResponse:
    """With a fresh nonce: sent once more, it is another refund."""
    form.nonce.data = new_nonce()
    return make_response(_form_page(form, donation_id, str(error)), HTTPStatus.CONFLICT)


def _form_page(form: RefundForm, donation_id: int, problem: str | None = None) -> str:
    left, why_not = None, None
    with reading() as session:
        donation = _donation(session, donation_id)
        supporter = session.get_one(Supporter, donation.supporter_id)
        try:
            left = refund_requests.check_refundable(session, donation)
        except NotRefundable as error:
            why_not = str(error)
    return render_template(
        "staff/refund.html",
        form=form,
        donation=donation,
        person=person_of(supporter, current().vault),
        left=left,
        why_not=why_not,
        problem=None if problem == why_not else problem,
        extents=[("", "Choose"), (FULL, "All that is left"), (PART, "A part of it")],
        reasons=[("", "Choose"), *REASON_NAMES.items()],
        frequencies=FREQUENCY_NAMES,
        longest_note=LONGEST_REASON,
    )


def _donation(session: Session, donation_id: int) -> Donation:
    donation = session.get(Donation, donation_id)
    if donation is None:
        raise NotFound("donation")
    return donation


def _paid(donation: Donation) -> Money:
    return Money(donation.amount, donation.currency)
