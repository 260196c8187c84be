"""Every route says who it is for, how it is protected and whether it may be cached."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from donations.web.policy import policy_of

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_route_declares_its_policy(app: Flask) -> None:
    undeclared = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and policy_of(app, rule.endpoint) is None
    }

    assert undeclared == set()


def test_every_route_that_changes_something_is_protected_against_forged_requests(app: Flask) -> None:
    unprotected = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & UNSAFE
        and (policy := policy_of(app, rule.endpoint)) is not None
        and policy.csrf == "none"
    }

    assert unprotected == set()


def test_staff_pages_are_never_cached(app: Flask) -> None:
    policies = [policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()]

    staff = [policy for policy in policies if policy is not None and policy.audience == "staff"]
    assert staff
    assert {policy.cache for policy in staff} == {"no-store"}


def test_a_page_loads_only_our_own_things_and_sends_forms_only_to_us_and_stripe(
    client: FlaskClient,
) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "form-action 'self' https://checkout.stripe.com https://billing.stripe.com" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/support", "/no-such-page", "/staff/login", "/livez"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/support", "/no-such-page"])
def test_a_reader_who_only_looks_is_given_no_cookie(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers
