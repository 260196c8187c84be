"""What staff did with people's data, for admins."""

from __future__ import annotations

from flask import render_template, request

from donations.models.database import reading
from donations.reports.audit_log import list_audit
from donations.reports.paging import page_number
from donations.web.policy import route_policy
from donations.web.staff.permissions import Permission, needs


@needs(Permission.AUDIT)
@route_policy(audience="staff", csrf="none", cache="no-store")
def index() -> str:
    """One page of the log."""
    with reading() as session:
        page = list_audit(session, page_number(request.args.get("page")))
    return render_template("staff/audit.html", place=page.place, rows=page.items)
