"""What staff see of the comparison with Stripe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from donations.domain.books import Finding
from donations.domain.reconciling import RunKind, Step
from donations.models import BookFinding, BookSum, ReconcileRun, StaffRole, Supporter
from donations.models.database import reading, writing
from donations.reports.reconciling import last_runs
from tests import factories
from tests.factories import NOON
from tests.web.staff.conftest import FOR_FINANCE_AND_ADMINS, Desk, add_ticket

PATH = "/staff/reconcile"


def add_run(kind: RunKind, number: int = 0, **columns: object) -> int:
    at = NOON + timedelta(minutes=number)
    values: dict[str, object] = {
        "kind": kind, "due_at": at, "since": NOON - timedelta(days=35), "started_at": at,
        "finished_at": at + timedelta(minutes=1), "leased_until": at, "pages": 1, "tries": 0,
        "listed": 1204, "marked": 3, "differing": 5,
    }  # fmt: skip
    with writing() as session:
        row = ReconcileRun(**(values | columns))
        session.add(row)
        session.flush()
        return row.id


def add_sum(run_id: int, currency: str = "eur", **columns: int) -> None:
    names = ("payments", "refunds", "withdrawn", "reinstated", "on_their_way", "stripes", "unmatched")
    with writing() as session:
        session.add(BookSum(run_id=run_id, currency=currency, **(dict.fromkeys(names, 0) | columns)))


def rows_of(desk: Desk, table: str, path: str = PATH) -> list[str]:
    return [row.get_text(" ", strip=True) for row in desk.sees(path).select(f"#{table} tbody tr")]


def test_before_the_first_comparison_it_says_so(editor: Desk) -> None:
    page = editor.sees(PATH)

    assert "Nothing was compared with Stripe yet." in page.text
    assert page.select("table") == []


def test_each_kind_says_when_it_last_ran_and_what_it_found(editor: Desk) -> None:
    add_run(RunKind.EVENTS)
    add_run(RunKind.EVENTS, 15, listed=7, marked=0, differing=0)
    add_run(RunKind.NIGHTLY, 1, finished_at=None, step=Step.REFUNDS, listed=300, problem="StripeUnavailable")
    add_run(RunKind.CHECKOUTS, 2, problem="checkout_sessions left out: StripeRefused status=403")

    assert rows_of(editor, "last-runs") == [
        "Events every 15 minutes 22 Nov 2026, 13:16 18 Oct 2026, 14:00 7 0 0 At rest",
        "Open checkouts every hour 22 Nov 2026, 13:03 18 Oct 2026, 14:00 1,204 5 3"
        " checkout_sessions left out: StripeRefused status=403",
        "The night’s comparison every night at three never – – – – At refunds, 300 listed StripeUnavailable",
        "By hand when somebody asks for it never – – – – At rest",
    ]


def test_books_that_agree_are_shown_with_every_sum(editor: Desk) -> None:
    run_id = add_run(RunKind.NIGHTLY)
    add_sum(run_id, "usd", payments=500, stripes=500)
    add_sum(
        run_id, payments=10000, refunds=1000, withdrawn=5000, reinstated=2000, on_their_way=300, stripes=5700
    )

    assert "The books agree." in editor.sees(PATH).text
    assert rows_of(editor, "books") == [
        "EUR €100.00 €10.00 €50.00 €20.00 €3.00 €57.00 €0.00 0",
        "USD $5.00 $0.00 $0.00 $0.00 $0.00 $5.00 $0.00 0",
    ]


@pytest.mark.parametrize("stripes", [9999, 10001])
def test_books_that_differ_by_a_cent_don_t_agree(editor: Desk, stripes: int) -> None:
    add_sum(add_run(RunKind.ASKED), payments=10000, stripes=stripes)

    assert "The books don’t agree." in editor.sees(PATH).text


def test_each_row_that_differs_leads_to_its_supporter(editor: Desk, nadia: Supporter) -> None:
    run_id = add_run(RunKind.NIGHTLY)
    with writing() as session:
        factories.make_donation(session, nadia, stripe_payment_intent_id="pi_1")
        session.add_all(
            BookFinding(
                run_id=run_id, finding=Finding.AMOUNT, object_kind="payment_intent",
                stripe_id=f"pi_{number}", ours=1001, stripes=1000, currency="eur",
            )
            for number in range(1, 53)
        )  # fmt: skip

    page = editor.sees(PATH)

    assert rows_of(editor, "findings")[0] == "pi_1 another amount €10.01 €10.00"
    (link,) = page.select("#findings a")
    assert link["href"] == f"/staff/supporters/{nadia.reference}"
    assert len(rows_of(editor, "findings")) == 50
    assert len(rows_of(editor, "findings", f"{PATH}?findings=2")) == 2


def test_what_waits_and_what_was_set_aside_is_told_with_the_reason(editor: Desk) -> None:
    add_run(RunKind.EVENTS)
    with writing() as session:
        add_ticket(session, "refund", "re_1")
        add_ticket(session, "refund", "re_2", quarantined_at=NOON, problem="another currency")

    assert "1 object waits to be looked at, the oldest since 22 Nov 2026, 13:00." in editor.sees(PATH).text
    assert rows_of(editor, "aside") == ["re_2 22 Nov 2026, 13:00 another currency"]


def test_many_runs_come_in_pages(editor: Desk) -> None:
    for number in range(51):
        add_run(RunKind.EVENTS, number)

    assert len(rows_of(editor, "runs")) == 50
    assert rows_of(editor, "runs", f"{PATH}?page=2") == [
        "Events 22 Nov 2026, 13:00 22 Nov 2026, 13:01 1,204 5 3"
    ]


@FOR_FINANCE_AND_ADMINS
def test_only_finance_and_admins_see_it(
    logged_in_as: Callable[[StaffRole], Desk], role: StaffRole, status: int
) -> None:
    desk = logged_in_as(role)

    desk.sees(PATH, status)
    assert bool(desk.sees("/staff").select(f".staff-nav a[href='{PATH}']")) == (status == 200)


def test_metrics_are_told_of_the_newest_run_of_each_kind_that_came_to_its_end(editor: Desk) -> None:
    add_run(RunKind.NIGHTLY, 1)
    add_run(RunKind.EVENTS, 2, listed=9)
    add_run(RunKind.EVENTS, 1)
    add_run(RunKind.EVENTS, 3, finished_at=None, step=Step.EVENTS)

    with reading() as session:
        found = last_runs(session)

    assert [(each.kind, each.listed, each.marked, each.differing) for each in found] == [
        (RunKind.EVENTS, 9, 3, 5),
        (RunKind.NIGHTLY, 1204, 3, 5),
    ]
