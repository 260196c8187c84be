"""The supporters: the list, the search by address, and one person's record."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donations.domain.errors import InvalidEmail, NotFound
from donations.domain.standing import counts_toward_mrr
from donations.domain.supporters import normalize_email
from donations.emails.registry import LETTER_NAMES
from donations.models import Subscription
from donations.models.database import reading
from donations.reports.filter_words import PRESETS
from donations.reports.freshness import freshness_of
from donations.reports.paging import page_number
from donations.reports.reasons import STANDING_NAMES, checkout_name, why_checkout, why_subscription
from donations.reports.refund_states import REASON_NAMES, state_of
from donations.reports.supporter_list import (
    KIND_NAMES,
    MOST_LISTED,
    count_supporters,
    list_supporters,
    read_supporter_filters,
)
from donations.reports.supporter_record import find_record
from donations.reports.timeline import MOST_ENTRIES, SUPPRESSIONS, entries_of, message_name
from donations.reports.words import FREQUENCY_NAMES, METHOD_NAMES
from donations.runtime import current
from donations.services.supporters import find_by_email
from donations.web.policy import route_policy
from donations.web.staff.cells import moment, short_day
from donations.web.staff.forms import SearchForm
from donations.web.staff.people import person_of
from donations.web.staff.permissions import Permission, needs


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """One page of the list."""
    return _list_page(SearchForm(formdata=None), nobody=False)


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="session", cache="no-store")
def search() -> AnyResponse:
    """To the record of exactly this address. Its answer names the supporter by reference only."""
    form, vault = SearchForm(), current().vault
    try:
        address = normalize_email(form.email.data or "")
    except InvalidEmail as error:
        form.email.errors = [str(error)]
        return make_response(_list_page(form, nobody=False), HTTPStatus.UNPROCESSABLE_ENTITY)
    with reading() as session:
        supporter = find_by_email(session, vault, address)
    if supporter is None:
        return make_response(_list_page(form, nobody=True))
    return redirect(url_for("staff.supporter", reference=supporter.reference), 303)


@needs(Permission.SUPPORTERS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def show(reference: str) -> str:
    """One person: totals, gifts, attempts, messages, and how all of it came about."""
    now = current().now()
    with reading() as session:
        record = find_record(session, reference)
        if record is None:
            raise NotFound("supporter")
        timeline = entries_of(record, LETTER_NAMES)
    return render_template(
        "staff/supporter.html",
        record=record,
        person=person_of(record.supporter, current().vault),
        timeline=timeline[:MOST_ENTRIES],
        entries_left_out=max(0, len(timeline) - MOST_ENTRIES),
        subscriptions=[(each, why_subscription(record, each, moment)) for each in record.subscriptions],
        checkouts=[(each, why_checkout(record, each, now, moment)) for each in record.checkouts],
        next_charges={each.id: _next_charge(each, now) for each in record.subscriptions},
        standings=STANDING_NAMES,
        checkout_name=checkout_name,
        frequencies=FREQUENCY_NAMES,
        methods=METHOD_NAMES,
        # What became a refund at Stripe stands there as one.
        refund_requests=[
            (each, state_of(each, None)) for each in record.refund_requests if record.refund_of(each) is None
        ],
        refund_reasons=REASON_NAMES,
        suppressions=SUPPRESSIONS,
        message_name=partial(message_name, names=LETTER_NAMES),
    )


def _next_charge(subscription: Subscription, now: datetime) -> str:
    """When the next charge is expected, in words."""
    goes_on = counts_toward_mrr(
        subscription.standing, subscription.is_collection_paused, subscription.first_paid_at is not None
    )
    next_at = subscription.current_period_ends_at
    ends_first = (
        next_at is not None and subscription.cancels_at is not None and subscription.cancels_at <= next_at
    )
    if not goes_on or next_at is None or ends_first:
        return "None expected"
    return short_day(next_at) if next_at > now else "Due, not heard of yet"


def _list_page(form: SearchForm, *, nobody: bool) -> str:
    runtime, now = current(), current().now()
    filters, problems = read_supporter_filters(request.args, now, runtime.config.report_timezone)
    with reading() as session:
        freshness, how_many = freshness_of(session, now), count_supporters(session, filters)
        page = list_supporters(session, filters, how_many, page_number(request.args.get("page")))
    return render_template(
        "staff/supporters.html",
        form=form,
        nobody=nobody,
        filters=filters,
        problems=problems,
        freshness=freshness,
        how_many=how_many,
        most_listed=MOST_LISTED,
        place=page.place,
        lines=[(person_of(line.supporter, runtime.vault), line) for line in page.items],
        kinds=KIND_NAMES,
        standings=STANDING_NAMES,
        presets={name: label for name, (label, _) in PRESETS.items()},
        currencies=runtime.offers.currencies,
        frequencies=FREQUENCY_NAMES,
    )
