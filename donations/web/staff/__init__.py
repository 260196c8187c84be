"""The pages that staff see. Every view passes the gate, which knows only what the view declares."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request, url_for

from donations.reports.file_kinds import FileKind
from donations.reports.filters import FILTER_WORDS
from donations.web.staff import (
    address_exports,
    audit,
    donations,
    exports,
    goals,
    inbox,
    login,
    messages,
    offline_gifts,
    operations,
    rates,
    reconcile,
    refunds,
    reports,
    rows,
    supporters,
    views,
)
from donations.web.staff.alerts import standing_alerts
from donations.web.staff.cells import install_cells
from donations.web.staff.charts import install_charts
from donations.web.staff.gate import find_member, guard
from donations.web.staff.permissions import ROLE_NAMES, Permission, may
from donations.web.staff.problems import install_problems
from donations.web.staff.report_links import places

_FILTERS: Final = FILTER_WORDS | {"kind", "standing", "source", "page"}

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
blueprint.before_request(guard)
blueprint.add_url_rule("", "overview", reports.overview, strict_slashes=False)
blueprint.add_url_rule("/reports/<slug>", "report", reports.show)
blueprint.add_url_rule("/reports/<slug>.csv", "report_csv", exports.report_csv)
blueprint.add_url_rule("/reports/<slug>.xlsx", "report_xlsx", exports.report_xlsx)
blueprint.add_url_rule("/rows/<of>", "rows", rows.show)
for kind in FileKind:
    blueprint.add_url_rule(f"/rows/<of>.{kind}", f"rows_{kind}", rows.export, defaults={"kind": kind})
blueprint.add_url_rule("/views", "views", views.index)
blueprint.add_url_rule("/views", "save_view", views.save, methods=["POST"])
blueprint.add_url_rule("/views/<int:view_id>/delete", "delete_view", views.delete, methods=["POST"])
blueprint.add_url_rule("/supporters", "supporters", supporters.index)
blueprint.add_url_rule("/supporters/search", "supporter_search", supporters.search, methods=["POST"])
blueprint.add_url_rule("/supporters/export", "supporters_export", address_exports.show_supporters)
blueprint.add_url_rule(
    "/supporters/export", "export_supporters", address_exports.send_supporters, methods=["POST"]
)
blueprint.add_url_rule("/supporters/<reference>", "supporter", supporters.show)
blueprint.add_url_rule("/donations", "donations", donations.index)
blueprint.add_url_rule("/donations/offline", "offline_gift", offline_gifts.show)
blueprint.add_url_rule("/donations/offline", "send_offline_gift", offline_gifts.send, methods=["POST"])
blueprint.add_url_rule("/donations/<int:donation_id>/refund", "refund", refunds.show)
blueprint.add_url_rule("/donations/<int:donation_id>/refund", "send_refund", refunds.send, methods=["POST"])
blueprint.add_url_rule("/refunds", "refunds", refunds.index)
blueprint.add_url_rule("/refunds/<reference>", "refund_request", refunds.outcome)
blueprint.add_url_rule("/operations", "operations", operations.index)
blueprint.add_url_rule("/goals", "goals", goals.index)
blueprint.add_url_rule("/goals/new", "new_goal", goals.new)
blueprint.add_url_rule("/goals/new", "add_goal", goals.add, methods=["POST"])
blueprint.add_url_rule("/goals/<int:goal_id>", "goal", goals.show)
blueprint.add_url_rule("/goals/<int:goal_id>", "change_goal", goals.change, methods=["POST"])
blueprint.add_url_rule("/goals/<int:goal_id>/close", "close_goal", goals.close, methods=["POST"])
blueprint.add_url_rule("/rates", "rates", rates.index)
blueprint.add_url_rule("/rates", "upload_rates", rates.upload, methods=["POST"])
blueprint.add_url_rule("/rates/uploads/<reference>", "rate_upload", rates.show)
blueprint.add_url_rule("/rates/uploads/<reference>", "store_rates", rates.store, methods=["POST"])
blueprint.add_url_rule("/donations/export", "donations_export", address_exports.show_donations)
blueprint.add_url_rule(
    "/donations/export", "export_donations", address_exports.send_donations, methods=["POST"]
)
blueprint.add_url_rule("/reconcile", "reconcile", reconcile.index)
blueprint.add_url_rule("/audit", "audit", audit.index)
blueprint.add_url_rule("/messages", "messages", messages.index)
blueprint.add_url_rule("/messages/<kind>", "message", messages.show)
blueprint.add_url_rule("/messages/<kind>/letter.html", "message_letter", messages.letter)
blueprint.add_url_rule("/messages/<kind>/document.pdf", "message_document", messages.document)
blueprint.add_url_rule("/inbox", "inbox", inbox.index)
blueprint.add_url_rule("/inbox/<name>", "inbox_message", inbox.show)
blueprint.add_url_rule("/inbox/<name>/letter.html", "inbox_letter", inbox.letter)
blueprint.add_url_rule("/inbox/<name>/attachments/<int:number>", "inbox_attachment", inbox.attachment)
blueprint.add_url_rule("/login", "login", login.show)
blueprint.add_url_rule("/login", "log_in", login.send, methods=["POST"])
blueprint.add_url_rule("/logout", "log_out", login.leave, methods=["POST"])
install_cells(blueprint)
install_charts(blueprint)
install_problems(blueprint)


def filtered_url(endpoint: str, /, **changes: Any) -> str:
    """A page of this area with the filters of this request, but for `changes`; None drops one.

    Filters live in the address and survive every link. Whatever else stands there is left behind.
    """
    kept: dict[str, Any] = {name: text for name, text in request.args.items() if name in _FILTERS and text}
    kept.pop("page", None)
    kept.update(changes)
    return url_for(endpoint, **kept)


def _for_templates() -> dict[str, object]:
    member = find_member()

    def can(permission: str) -> bool:
        return member is not None and may(member.role, Permission(permission))

    role = ROLE_NAMES[member.role] if member else None
    return {
        "member": member,
        "member_role": role,
        "can": can,
        "standing_alerts": standing_alerts,
        "filtered_url": filtered_url,
        "report_places": places(),
        "has_inbox": inbox.find_folder() is not None,
    }


blueprint.context_processor(_for_templates)
