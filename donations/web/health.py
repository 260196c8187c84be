"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from donations.models.database import db, reading
from donations.models.migrating import current_revision, newest_revision
from donations.web.policy import route_policy

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@route_policy(audience="operator", csrf="none", cache="no-store")
def livez() -> Response:
    """Answers while the process can answer at all; touches nothing else."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@route_policy(audience="operator", csrf="none", cache="no-store")
def readyz() -> tuple[Response, int]:
    """200 once the database answers and has the newest schema; 503 with the reason before."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
        revision = current_revision(db.engine)
    except SQLAlchemyError:
        return jsonify(status="not ready", reason="the database does not answer"), 503
    if revision != newest_revision():
        return jsonify(status="not ready", reason="the database needs `donations db upgrade`"), 503
    return jsonify(status="ready"), 200
