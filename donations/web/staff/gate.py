"""Nobody passes without a login, and no role sees more than its permissions.

The token of a login stands in a cookie of its own; Flask's `session` cookie carries only what
guards the forms.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import staff_logins
from donations.services.staff_logins import StaffMember
from donations.web.cookies import Cookie
from donations.web.staff.permissions import Permission, may, permission_of

LOGIN: Final = Cookie("staff", staff_logins.LASTS_AT_MOST)
"""For as long as a session can last; the server ends it earlier where it is idle."""

_AREA: Final = "/staff"


def guard() -> AnyResponse | None:
    """Run before each view of the area."""
    g.staff_member = _member_of_cookie()
    permission = permission_of(current_app.view_functions.get(request.endpoint or ""))
    if permission is Permission.NOTHING:
        return None
    member = find_member()
    if member is None:
        return to_login()
    if not may(member.role, permission):
        abort(403)
    return None


def find_member() -> StaffMember | None:
    """Whoever is logged in."""
    return g.get("staff_member")


def get_member() -> StaffMember:
    """Whoever is logged in, in a view that the gate lets nobody else into."""
    member = find_member()
    if member is None:
        abort(403)
    return member


def to_login() -> AnyResponse:
    """The way to the login, and back to this page from there. A form's answer is no page to go back to."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("staff.login", next=wanted), 303)


def safe_next(wanted: str | None) -> str | None:
    """The page to go on to, if it is one of this area's; None for anything else.

    A backslash is a slash to browsers, and control characters are dropped by them.
    """
    text = wanted or ""
    if "\\" in text or not text.isprintable():
        return None
    parts = urlsplit(text)
    is_here = parts.path == _AREA or parts.path.startswith(f"{_AREA}/")
    if parts.scheme or parts.netloc or not is_here or ".." in parts.path.split("/"):
        return None
    return text


def _member_of_cookie() -> StaffMember | None:
    token = LOGIN.read()
    if token is None:
        return None
    now = current().now()
    with reading() as session:
        found = staff_logins.find_member(session, token, now)
    if found is None:
        return None
    member, is_time_to_note = found
    if is_time_to_note:
        with writing() as session:
            staff_logins.note_seen(session, member, now)
    return member
