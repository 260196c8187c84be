"""Alive says only that we answer; ready says that the work can be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from config import Config
from donations.app import create_app
from donations.models.database import db
from donations.models.migrating import downgrade


def test_a_migrated_application_is_ready(client: FlaskClient) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_an_old_schema_is_alive_but_not_ready(client: FlaskClient) -> None:
    downgrade(db.engine, "-1")

    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "donations db upgrade" in answer.get_json()["reason"]


def test_without_a_database_it_is_not_ready_and_pages_say_try_again(tmp_path: Path) -> None:
    base = Config.from_env({"INSTANCE_DIR": str(tmp_path)})
    client = create_app(replace(base, database_url=f"sqlite:///{tmp_path}/no/such/folder.db")).test_client()

    assert client.get("/readyz").status_code == 503
    assert client.get("/support/thanks/abc").status_code == 503
