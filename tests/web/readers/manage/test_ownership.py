"""A gift of someone else's is not found, whatever is asked of it, and without a login nothing is."""

from __future__ import annotations

import pytest
from flask import Flask

from donations import runtime
from donations.models import GiftChange, Supporter
from donations.models.database import writing
from tests.factories import make_supporter
from tests.web.readers.manage.conftest import GiveOf, OwnedGift, Owner, rows


def pages(app: Flask, method: str) -> list[str]:
    """Every page about one gift."""
    found = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/manage/gifts/") and method in (rule.methods or ())
    ]
    assert len(found) > 8
    return found


def a_stranger(give: GiveOf) -> OwnedGift:
    with writing() as session:
        stranger = make_supporter(session, runtime.current().vault)
    return give(stranger)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_gift_of_someone_else_is_404_on_every_page(
    app: Flask, nina_in: Owner, gift: OwnedGift, give: GiveOf, method: str
) -> None:
    other = a_stranger(give)
    nina_in.opens(gift.path("cancel"))
    guards = {
        name: str(nina_in.page.select_one(f"main form[action*=cancel] [name={name}]")["value"])
        for name in ("nonce", "version")
    }

    for rule in pages(app, method):
        for reference in (other.checkout.reference, "unknown", "..", "%00", "x" * 300):
            path = rule.replace("<reference>", reference)
            fields = guards | {"amount": "15", "months": "1"}
            answer = nina_in.client.open(path, method=method, data=fields if method == "POST" else None)
            assert answer.status_code in {404, 308}, (path, answer.status)

    assert other.acts == []
    assert rows(GiftChange) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_login_every_page_leads_to_the_way_in(
    app: Flask, owner: Owner, gift: OwnedGift, method: str
) -> None:
    others = {"GET": ["/manage/receipts", "/manage/data", "/manage/data/erase"], "POST": ["/manage/data"]}
    for rule in [*pages(app, method), *others[method]]:
        path = rule.replace("<reference>", gift.checkout.reference)

        answer = owner.client.open(path, method=method)

        assert (answer.status_code, answer.headers["Location"]) == (303, "/manage"), path
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_made_for_one_gift_is_no_form_for_another(
    nina_in: Owner, nina: Supporter, gift: OwnedGift, give: GiveOf
) -> None:
    other = give(nina, amount=2000)
    nina_in.opens(gift.path("cancel"))
    guards = {
        name: str(nina_in.page.select_one(f"main form[action*=cancel] [name={name}]")["value"])
        for name in ("nonce", "version")
    }

    answer = nina_in.client.post(other.path("cancel"), data=guards)

    assert answer.status_code == 400
    assert rows(GiftChange) == []


def test_what_became_of_someone_elses_change_is_not_shown(
    app: Flask, nina_in: Owner, gift: OwnedGift, give: GiveOf
) -> None:
    nina_in.opens(gift.path("cancel"))
    nina_in.sends(gift.path("cancel"))
    place = nina_in.goes_to
    with writing() as session:
        make_supporter(session, runtime.current().vault, email="ivan@example.com")
    ivan = Owner(app, app.test_client())
    ivan.logs_in("ivan@example.com")

    ivan.opens(place)

    assert ivan.status == 200
    assert "Stripe" not in ivan.words
