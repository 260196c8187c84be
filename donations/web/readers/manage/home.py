"""The first page of whoever is logged in: what they give, how it stands, and what they can do."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from donations.models.database import reading
from donations.runtime import current
from donations.services import own_gifts
from donations.services.reader_sessions import Reader


def page(reader: Reader) -> ResponseReturnValue:
    """All their gifts."""
    with reading() as session:
        gifts = own_gifts.look(session, reader.supporter_id, current().config.report_timezone)
    return render_template("readers/manage/home.html", gifts=gifts)
