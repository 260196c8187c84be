"""The donations: the list with its filters, and what they come to."""

from __future__ import annotations

from flask import render_template, request

from donations.models.database import reading
from donations.reports.donation_list import donation_totals, list_donations, read_donation_filters
from donations.reports.filter_words import PRESETS
from donations.reports.freshness import freshness_of
from donations.reports.paging import page_number
from donations.reports.words import FREQUENCY_NAMES, METHOD_NAMES, SOURCE_NAMES
from donations.runtime import current
from donations.web.policy import route_policy
from donations.web.staff.people import person_of
from donations.web.staff.permissions import Permission, needs


@needs(Permission.DONATIONS)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """One page of the list."""
    runtime, now, zone = current(), current().now(), current().config.report_timezone
    filters, problems = read_donation_filters(request.args, now, zone)
    with reading() as session:
        freshness, totals = freshness_of(session, now), donation_totals(session, filters, zone)
        in_all = sum(total.donations for total in totals)
        page = list_donations(session, filters, zone, in_all, page_number(request.args.get("page")))
    return render_template(
        "staff/donations.html",
        filters=filters,
        problems=problems,
        freshness=freshness,
        totals=totals,
        place=page.place,
        lines=[(donation, person_of(supporter, runtime.vault)) for donation, supporter in page.items],
        presets={name: label for name, (label, _) in PRESETS.items()},
        currencies=runtime.offers.currencies,
        frequencies=FREQUENCY_NAMES,
        sources=SOURCE_NAMES,
        methods=METHOD_NAMES,
    )
