"""Moving the sandbox's own clock: in steps, to the next renewal, never back, and by a command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from donations.sandbox import dues
from donations.sandbox.store import Store
from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY
from tests.sandbox.reading_events import Listener


def paid_renewals(desk: Desk) -> int:
    invoices = desk.state()["objects"]["invoice"]
    return sum(
        found["billing_reason"] == "subscription_cycle" and found["status"] == "paid" for found in invoices
    )


def refusal(desk: Desk, path: str, **body: Any) -> tuple[int, str]:
    answer = desk.http.post(f"{desk.server.base_url}/_sandbox/{path}", json=body)
    return answer.status_code, answer.json()["error"]["message"]


def test_a_year_in_small_steps_is_the_same_year(desk: Desk) -> None:
    for _ in range(2):
        desk.subscribe()
    answer = desk.control("clock", days=366, most=10)
    calls = 1

    while not answer["done"]:
        before = answer["now"]
        answer = desk.control("clock", to=answer["to"], most=10)
        assert answer["now"] >= before
        calls += 1

    assert (calls > 5, paid_renewals(desk)) == (True, 24)


def test_in_the_middle_of_the_way_the_api_shows_that_moment(desk: Desk) -> None:
    desk.subscribe()

    halfway = desk.control("clock", days=366, most=9)

    assert (halfway["done"], halfway["now"] < halfway["to"]) == (False, True)
    assert paid_renewals(desk) == pytest.approx(3, abs=1)
    assert desk.stripe.v1.customers.create().created >= halfway["now"]


def test_to_the_next_renewal_is_until_it_is_charged(desk: Desk) -> None:
    session = desk.subscribe()
    end = desk.again(session, "subscription").subscription["items"].data[0].current_period_end

    answer = desk.control("clock", to_next_renewal=True)

    assert (answer["done"], paid_renewals(desk)) == (True, 1)
    assert answer["now"] == pytest.approx(end + 3660, abs=30)


def test_what_cannot_be_is_refused_in_words(desk: Desk) -> None:
    assert refusal(desk, "clock", seconds=-1) == (400, "The clock does not go backwards.")
    assert refusal(desk, "clock", to_next_renewal=True) == (400, "No subscription renews.")
    assert refusal(desk, "clock", days=4000)[0] == 400
    assert refusal(desk, "clock", days=1, most=0)[0] == 400
    assert refusal(desk, "retries", days=[5, 3])[0] == 400
    assert refusal(desk, "retries", afterwards="forgive")[0] == 400
    assert refusal(desk, "cards", behaviour="pays")[0] == 400


def test_a_debit_cannot_be_made_a_card_that_fails(desk: Desk) -> None:
    session = desk.open("subscription")
    desk.pay(session, iban="DE89370400440532013000")
    subscription = desk.again(session).subscription

    assert refusal(desk, "cards", subscription=subscription, behaviour="declined")[0] == 400


def test_the_life_goes_on_after_a_restart(make_desk: Callable[..., Desk]) -> None:
    first = make_desk()
    first.subscribe()
    first.control("clock", days=10)
    first.server.stop()

    again = make_desk()
    again.control("clock", days=25)

    assert paid_renewals(again) == 1


def test_a_store_from_before_there_were_dues_learns_them(
    make_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    first = make_desk()
    first.subscribe()
    first.server.stop()
    store = Store(tmp_path / "sandbox.db")
    store.execute("DELETE FROM dues")
    store.execute("PRAGMA user_version = 0")
    store.close()

    again = make_desk()
    listener = Listener(again)
    again.control("clock", to=again.state()["now"] + 26 * DAY)

    assert listener.types() == ["invoice.upcoming"]


def test_nothing_is_due_that_is_over() -> None:
    ended = {"object": "subscription", "status": "canceled", "cancel_at": 5, "pause_collection": None}

    assert dues.due_of(ended, {}) is None


def run_command(desk: Desk, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    port = desk.server.base_url.rpartition(":")[2]
    return subprocess.run(
        [sys.executable, "-m", "donations.cli", "sandbox", "advance", *options],
        env={"SANDBOX_PORT": port, "INSTANCE_DIR": str(tmp_path / "site"), "PATH": "", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_advances_and_says_how_far_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.subscribe()

    done = run_command(desk, tmp_path, "--days", "70")
    renewed = run_command(desk, tmp_path, "--to-next-renewal")

    assert (done.returncode, renewed.returncode) == (0, 0), done.stderr + renewed.stderr
    assert "100%" in done.stdout
    assert paid_renewals(desk) == 3


def test_the_command_wants_one_way_to_go_and_a_sandbox_that_answers(desk: Desk, tmp_path: Path) -> None:
    both = run_command(desk, tmp_path, "--days", "1", "--to-next-renewal")
    desk.server.stop()
    nobody = run_command(desk, tmp_path, "--days", "1")

    assert (both.returncode, "--days N or --to-next-renewal" in both.stderr) == (2, True)
    assert (nobody.returncode, "No sandbox answers" in nobody.stderr) == (1, True)


def test_renewals_go_on_being_delivered_and_signed(desk: Desk) -> None:
    desk.subscribe()
    desk.receiver.wait_for(13)

    desk.control("clock", to_next_renewal=True)

    types = [received.event().type for received in desk.receiver.wait_for(23)]
    assert types[13:] == desk.event_types(after=13)


def test_the_controls_answer_with_what_is_in_force(desk: Desk) -> None:
    url = f"{desk.server.base_url}/_sandbox/retries"

    assert requests.post(url, json={}, timeout=10).json() == {"days": [3, 5, 7], "afterwards": "cancel"}
    assert desk.control("retries", days=[2], afterwards="unpaid") == {"days": [2], "afterwards": "unpaid"}
