"""The page for people: every list, every body, and buttons that are plain forms of this page alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from bs4 import BeautifulSoup, Tag

from donations.sandbox.cards import Behaviour, read_card, read_iban
from donations.sandbox.pages.known_cards import TEST_CARDS
from donations.sandbox.pages.sections import SECTIONS
from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.test_deliveries import types, wait_until

PLACES = ["", *SECTIONS, "deliveries", "endpoints", "trouble", "cards"]


def page_of(desk: Desk, path: str) -> BeautifulSoup:
    url = path if path.startswith("http") else f"{desk.server.base_url}{path}"
    answer = desk.http.get(url)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def rows_of(page: BeautifulSoup) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in page.select("tbody tr")
    ]


def press(desk: Desk, form: Tag, **typed: str) -> requests.Response:
    """Send a form of the page as a browser does, and follow it back."""
    fields: dict[str, object] = {}
    for field in form.select("input[name], select[name]"):
        name = str(field["name"])
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            assert chosen is not None
            fields[name] = chosen["value"]
        elif field.get("type") == "checkbox":
            earlier = fields.setdefault(name, [])
            assert isinstance(earlier, list)
            earlier += [field["value"]] if field.has_attr("checked") else []
        else:
            fields[name] = field.get("value", "")
    url = f"{desk.server.base_url}{form['action']}"
    return desk.http.post(url, {**fields, **typed}, headers={"Origin": desk.server.base_url})


def button(page: BeautifulSoup, words: str) -> Tag:
    """The form whose button says so."""
    for found in page.find_all("button"):
        if found.get_text(strip=True) == words:
            form = found.find_parent("form")
            assert form is not None
            return form
    raise AssertionError(f"no button says {words}")


def notice(answer: requests.Response) -> str:
    found = BeautifulSoup(answer.text, "html.parser").find(role="status")
    assert found is not None, answer.text
    return found.get_text()


@pytest.mark.parametrize("place", PLACES)
def test_every_page_says_what_is_missing_when_nothing_has_happened(
    make_desk: Callable[..., Desk], place: str
) -> None:
    desk = make_desk(webhook_url=None)

    page = page_of(desk, f"/_sandbox/{place}")

    assert page.find("tbody") is None
    assert place == "cards" or page.find(class_="empty") is not None
    assert len(page.find_all("h1")) == 1
    assert page.find("script") is None
    current = page.select("[aria-current=page]")
    assert [link["href"] for link in current] == [f"/_sandbox/{place}"]


def test_a_gift_shows_in_every_list_that_it_belongs_to(desk: Desk) -> None:
    desk.subscribe(amount=1500)
    desk.stripe.v1.refunds.create({"payment_intent": desk.give(amount=700).payment_intent})
    desk.receiver.wait_for(10)

    places = [place for place in SECTIONS if place != "disputes"]
    first = {place: rows_of(page_of(desk, f"/_sandbox/{place}"))[0] for place in places}

    assert first["customers"][0] == "reader@example.org"
    assert first["subscriptions"][:3] == ["reader@example.org", "€15.00 a month", "active"]
    assert first["checkouts"][1:4] == ["€7.00", "payment", "complete, paid"]
    assert first["invoices"][2:4] == ["€15.00", "paid, tried 1×"]
    assert first["payments"][1:4] == ["reader@example.org", "€7.00", "succeeded, €7.00 refunded"]
    assert first["refunds"][2:4] == ["€7.00", "succeeded"]
    assert first["events"][0].startswith(("charge.", "refund."))


def test_every_link_of_every_page_leads_somewhere(desk: Desk) -> None:
    desk.subscribe()
    desk.give(cards.DISPUTED)
    desk.receiver.wait_for(10)
    links = {
        str(link["href"])
        for place in PLACES
        for link in page_of(desk, f"/_sandbox/{place}").select("a[href^='/']")
    }
    assert len(links) > 25

    answers = {link: desk.http.get(f"{desk.server.base_url}{link}").status_code for link in links}

    assert {link for link, status in answers.items() if status != 200} == set()


def test_unusual_objects_are_shown_too(desk: Desk) -> None:
    v1 = desk.stripe.v1
    v1.customers.delete(v1.customers.create({}).id)
    v1.payment_intents.create({"amount": 500, "currency": "kwd"})
    clock = v1.test_helpers.test_clocks.create({"frozen_time": desk.state()["now"]})
    v1.customers.create({"test_clock": clock.id, "email": "clock@example.org"})
    paused, ending = (desk.subscribe().subscription for _ in range(2))
    v1.subscriptions.update(str(paused), {"pause_collection": {"behavior": "void"}})
    v1.subscriptions.update(str(ending), {"cancel_at_period_end": True})
    v1.customers.delete(str(desk.subscribe().customer))
    charge = desk.stripe.v1.charges.list().data[0].id
    desk.control("disputes", charge=charge, case="inquiry")
    desk.control("clock", days=40)

    standings = [row[2] for row in rows_of(page_of(desk, "/_sandbox/subscriptions"))]
    statuses = {
        place: desk.http.get(f"{desk.server.base_url}/_sandbox/{place}").status_code for place in PLACES
    }

    assert standings == ["canceled", "canceled", "active, collection paused"]
    assert {place for place, status in statuses.items() if status != 200} == set()
    for kind in desk.state()["objects"].values():
        for found in kind[:1]:
            page_of(desk, f"/_sandbox/objects/{found['id']}")


def test_a_list_is_paged_both_ways_without_loss(desk: Desk) -> None:
    for number in range(60):
        desk.stripe.v1.customers.create({"name": f"N{number:02}"})

    page, seen, sizes = page_of(desk, "/_sandbox/customers"), list[str](), list[int]()
    while True:
        rows = rows_of(page)
        seen += [row[1] for row in rows]
        sizes.append(len(rows))
        older = page.select_one("a[rel=next]")
        if older is None:
            break
        page = page_of(desk, str(older["href"]))
    newer = page.select_one("a[rel=prev]")
    assert newer is not None
    middle = page_of(desk, str(newer["href"]))

    assert seen == [f"N{number:02}" for number in reversed(range(60))]
    assert sizes == [25, 25, 10]
    assert [row[1] for row in rows_of(middle)] == seen[25:50]


def test_deliveries_are_paged_and_can_be_filtered(desk: Desk) -> None:
    desk.control("deliveries", mode="hold")
    for _ in range(6):
        desk.give()

    first = page_of(desk, "/_sandbox/deliveries?state=held")
    older = first.select_one("a[rel=next]")
    assert older is not None
    second = page_of(desk, str(older["href"]))

    assert (len(rows_of(first)), len(rows_of(second))) == (25, 5)
    assert page_of(desk, "/_sandbox/deliveries?state=dropped").find(class_="empty") is not None


def test_events_can_be_filtered_by_type(desk: Desk) -> None:
    desk.give()

    rows = rows_of(page_of(desk, "/_sandbox/events?type=charge.*"))

    assert {row[0] for row in rows} == {"charge.succeeded", "charge.updated"}


def test_an_events_page_shows_its_body_and_every_try(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(retry_delays=(0.05,))
    desk.receiver.answers = [500]
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    wait_until(desk, lambda: desk.state()["deliveries"][0]["state"] == "delivered")
    event = desk.stripe.v1.events.list().data[0]

    page = page_of(desk, f"/_sandbox/events/{event.id}")

    body = page.select_one("pre code")
    assert body is not None
    shown = json.loads(body.get_text())
    assert (shown["id"], shown["data"]["object"]["status"]) == (event.id, "expired")
    assert [item.get_text().split(": ")[1] for item in page.select(".sending li")] == ["500", "200"]
    assert desk.receiver.url in page.get_text()


def test_send_again_sends_again(desk: Desk) -> None:
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    desk.receiver.wait_for(1)
    wait_until(desk, lambda: desk.state()["deliveries"][0]["state"] == "delivered")
    page = page_of(desk, "/_sandbox/deliveries")

    answer = press(desk, button(page, "Send again"))

    first, second = desk.receiver.wait_for(2)
    assert first.event().id == second.event().id
    assert "Send again: done." in notice(answer)
    assert urlsplit(answer.url).path == "/_sandbox/deliveries"


def test_a_filter_is_kept_after_a_button(desk: Desk) -> None:
    desk.control("deliveries", mode="hold")
    desk.give()

    answer = press(desk, button(page_of(desk, "/_sandbox/deliveries?state=held"), "Send again"))

    assert parse_qs(urlsplit(answer.url).query)["state"] == ["held"]


def test_the_clock_goes_a_day_a_month_and_to_the_next_renewal(desk: Desk) -> None:
    desk.subscribe()
    before = desk.state()["now"]

    press(desk, button(page_of(desk, "/_sandbox/"), "A day"))
    after_a_day = desk.state()["now"]
    press(desk, button(page_of(desk, "/_sandbox/"), "To next renewal"))
    after_the_next, invoices = desk.state()["now"], desk.state()["objects"]["invoice"]
    press(desk, button(page_of(desk, "/_sandbox/"), "A month"))

    assert 86_400 <= after_a_day - before < 86_460
    assert [invoice["status"] for invoice in invoices] == ["paid", "paid"]
    assert after_the_next - before < 33 * 86_400
    assert desk.state()["now"] - after_the_next >= 28 * 86_400


def test_without_anything_to_renew_the_clock_stays(desk: Desk) -> None:
    answer = press(desk, button(page_of(desk, "/_sandbox/"), "To next renewal"))

    assert "the clock stays where it is" in notice(answer)


def test_debits_are_settled_by_a_button(desk: Desk) -> None:
    session = desk.open()
    desk.pay(session, card="", iban=cards.IBAN_SETTLES)

    press(desk, button(page_of(desk, "/_sandbox/payments"), "Settle"))

    assert desk.again(session).payment_status == "paid"


def test_disputes_are_opened_and_decided_by_buttons(desk: Desk) -> None:
    desk.give()

    press(desk, button(page_of(desk, "/_sandbox/payments"), "Dispute"))
    opened = rows_of(page_of(desk, "/_sandbox/disputes"))[0]
    press(desk, button(page_of(desk, "/_sandbox/disputes"), "Win"))

    assert opened[2:5] == ["€10.00", "fraudulent", "needs response"]
    assert rows_of(page_of(desk, "/_sandbox/disputes"))[0][4] == "won"
    assert page_of(desk, "/_sandbox/disputes").select("tbody button") == []


def test_a_subscriptions_card_is_let_fail_and_pay_again_by_buttons(desk: Desk) -> None:
    desk.subscribe()

    press(desk, button(page_of(desk, "/_sandbox/subscriptions"), "Let its card fail"))
    press(desk, button(page_of(desk, "/_sandbox/"), "To next renewal"))
    behind = rows_of(page_of(desk, "/_sandbox/subscriptions"))[0][2]
    press(desk, button(page_of(desk, "/_sandbox/subscriptions"), "Let its card pay"))
    press(desk, button(page_of(desk, "/_sandbox/"), "To next renewal"))

    assert behind == "past due"
    assert rows_of(page_of(desk, "/_sandbox/subscriptions"))[0][2] == "active"


def test_retries_are_set_by_a_form(desk: Desk) -> None:
    page = page_of(desk, "/_sandbox/trouble")

    answer = press(desk, button(page, "Keep"), days="1, 2", afterwards="unpaid")

    assert "are now tried on those days" in notice(answer)
    shown = page_of(desk, "/_sandbox/trouble")
    assert [field["value"] for field in shown.select("#days, #afterwards option[selected]")] == [
        "1 2",
        "unpaid",
    ]


def test_deliveries_and_faults_are_set_by_forms(desk: Desk) -> None:
    page = page_of(desk, "/_sandbox/trouble")

    press(desk, button(page, "Set"), mode="drop", types="charge.*, refund.*", share="0.25", seed="9")
    press(desk, button(page, "Add"), kind="429", path="/v1/refunds", method="POST", count="2")
    press(desk, button(page, "Begin"), seed="3", rate="0.5")

    report = desk.http.get(f"{desk.server.base_url}/_sandbox/faults").json()
    shown = page_of(desk, "/_sandbox/trouble").get_text(" ", strip=True)
    assert (report["waiting"][0]["status"], report["waiting"][0]["count"]) == (429, 2)
    assert (report["plan"]["seed"], report["plan"]["rate"], len(report["plan"]["kinds"])) == (3, 0.5, 8)
    assert "2 × POST /v1/refunds: 429" in " ".join(shown.split())
    assert desk.state()["delivery_mode"] == "drop"
    press(desk, button(page, "Back to normal"))
    press(desk, button(page, "Take every fault back"))
    assert desk.state()["delivery_mode"] == "normal"
    assert desk.control("faults", clear=True) == {"waiting": [], "plan": None, "done": []}


def test_held_deliveries_are_released_by_a_form(desk: Desk) -> None:
    desk.control("deliveries", mode="hold")
    desk.give()

    press(desk, button(page_of(desk, "/_sandbox/trouble"), "Release"), order="reversed")

    assert types(desk.receiver.wait_for(5))[-1] == "charge.succeeded"


def test_endpoints_are_added_switched_and_deleted(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(webhook_url=None)

    added = press(
        desk, button(page_of(desk, "/_sandbox/endpoints"), "Add"), url=desk.receiver.url, enabled_events="a b"
    )
    press(desk, button(page_of(desk, "/_sandbox/endpoints"), "Disable"))
    off = rows_of(page_of(desk, "/_sandbox/endpoints"))
    press(desk, button(page_of(desk, "/_sandbox/endpoints"), "Enable"))
    press(desk, button(page_of(desk, "/_sandbox/endpoints"), "Delete"))

    assert "Its secret, shown only now: whsec_" in notice(added)
    assert off[0][:4] == [desk.receiver.url, "a, b", "snapshot, account’s version", "disabled"]
    assert desk.stripe.v1.webhook_endpoints.list().data == []
    assert "whsec_" not in page_of(desk, "/_sandbox/endpoints").get_text()


def test_what_a_control_refuses_is_said_on_the_page(desk: Desk) -> None:
    page = page_of(desk, "/_sandbox/trouble")

    answer = press(desk, button(page, "Set"), share="7")

    assert "`share` is from 0 to 1." in notice(answer)
    assert "notice--wrong" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1:1"},
     {"Origin": "http://evil.example", "Host": "evil.example"}],
)  # fmt: skip
def test_a_form_of_another_origin_does_nothing(desk: Desk, headers: dict[str, str]) -> None:
    url = f"{desk.server.base_url}/_sandbox/do/deliveries"

    answer = desk.http.post(url, {"mode": "drop"}, headers=headers, allow_redirects=False)

    assert answer.status_code == 403
    assert desk.state()["delivery_mode"] == "normal"


@pytest.mark.parametrize("back", ["http://evil.example/", "//evil.example/", "/c/pay/x", "\\\\evil", ""])
def test_a_form_leads_back_to_these_pages_only(desk: Desk, back: str) -> None:
    answer = desk.http.post(
        f"{desk.server.base_url}/_sandbox/do/deliveries",
        {"mode": "normal", "back": back},
        headers={"Origin": desk.server.base_url},
        allow_redirects=False,
    )

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/_sandbox/?notice=")


def test_a_control_as_json_is_not_reached_by_a_plain_form(desk: Desk) -> None:
    answer = desk.http.post(f"{desk.server.base_url}/_sandbox/deliveries", {"mode": "drop"})

    assert answer.status_code == 400
    assert desk.state()["delivery_mode"] == "normal"


def test_pages_allow_nothing_but_their_own_style(desk: Desk) -> None:
    answer = desk.http.get(f"{desk.server.base_url}/_sandbox/")

    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    assert "style=" not in answer.text
    assert "Test mode" in answer.text


def test_what_readers_typed_is_escaped(desk: Desk) -> None:
    desk.stripe.v1.customers.create({"name": "<script>alert(1)</script>"})

    for place in ("customers", "events"):
        assert "<script" not in desk.http.get(f"{desk.server.base_url}/_sandbox/{place}").text
    event = desk.stripe.v1.events.list().data[0]
    assert "<script" not in desk.http.get(f"{desk.server.base_url}/_sandbox/events/{event.id}").text


def test_unknown_events_and_objects_are_404_in_words(desk: Desk) -> None:
    for path in ("events/evt_x", "objects/cus_x"):
        answer = desk.http.get(f"{desk.server.base_url}/_sandbox/{path}")
        assert answer.status_code == 404
        assert "There is no such thing" in answer.text


def test_the_cards_do_what_the_page_says() -> None:
    words = {
        Behaviour.PAYS: "pays", Behaviour.DECLINED: "declined", Behaviour.INSUFFICIENT_FUNDS: "insufficient",
        Behaviour.CHALLENGE: "3-D Secure", Behaviour.FAILS_LATER: "fails at every renewal",
        Behaviour.DISPUTED: "disputed", Behaviour.DEBIT_SETTLES: "settles",
        Behaviour.DEBIT_FAILS: "debit that fails", Behaviour.ASKED_ABOUT: "inquires",
        Behaviour.SUSPECTED: "warns of fraud", Behaviour.REFUND_FAILS: "refund fails later",
        Behaviour.REFUND_WAITS: "refund waits",
    }  # fmt: skip

    for number, said in TEST_CARDS:
        if number[:2].isalpha():
            instrument = read_iban(number)
        else:
            instrument, _ = read_card(number, "12/34", "123", now=0)
        assert instrument is not None, number
        assert words[instrument.behaviour] in said
