"""What happens without anybody asking: late facts arrive, sessions expire, subscriptions live."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import structlog

from donations.sandbox import tasks
from donations.sandbox.flows import cycle, debit, give_back, time_travel, trouble
from donations.sandbox.flows.payment import attach_balance_transaction
from donations.sandbox.flows.subscribe import pay_invoice_payment
from donations.sandbox.tasks import Task
from donations.sandbox.webhooks.cause import CAUSE, Cause
from donations.sandbox.world import World

_log = structlog.stdlib.get_logger("donations.sandbox")

_TASKS: Mapping[str, Task] = {
    "advance_test_clock": time_travel.finish_advance,
    "attach_balance_transaction": attach_balance_transaction,
    "dispute_charge": trouble.dispute_charge,
    "decide_dispute": trouble.decide_dispute,
    "end_unanswered_dispute": trouble.end_unanswered_dispute,
    "finish_debit": debit.finish,
    "inquire_about_charge": trouble.inquire_about_charge,
    "pay_invoice_payment": pay_invoice_payment,
    "refund_arrives": give_back.arrive,
    "refund_fails": give_back.fail,
    "warn_of_fraud": trouble.warn_of_fraud,
}
_SECONDS_BETWEEN = 0.5
_MOST_AT_ONCE = 200


def catch_up(world: World) -> None:
    """Do what is due by the sandbox's clock, in the caller's transaction.

    What a long absence has piled up is left to the ticker, so that no API call waits for all of it.
    """
    live(world, world.now(), most=_MOST_AT_ONCE)


def live(world: World, until: int, *, most: int) -> int:
    """One thing after the other as they fall due, each at its own instant. Returns how many were done."""
    token = CAUSE.set(Cause())
    try:
        done = 0
        while done < most and _do_next(world, until):
            done += 1
        return done
    finally:
        CAUSE.reset(token)


def next_at(world: World, until: int) -> int | None:
    """When the next thing falls due, if that is not after `until`."""
    task_at, due = tasks.next_at(world, until), world.store.next_due("", until)
    moments = [int(task_at)] if task_at is not None else []
    return min([*moments, due[0]] if due else moments, default=None)


def _do_next(world: World, until: int) -> bool:
    task_at = tasks.next_at(world, until)
    if task_at is None:
        return cycle.run_next(world, "", until)
    if cycle.run_next(world, "", int(task_at) - 1):
        return True
    task = tasks.take(world, until)
    if task is None:
        return False
    name, argument = task
    _TASKS[name](world.at(int(task_at)), argument)
    return True


class Ticker:
    def __init__(self, world: World) -> None:
        self._world = world
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.wait(_SECONDS_BETWEEN):
            try:
                with self._world.store.transaction():
                    catch_up(self._world)
            except Exception:  # noqa: BLE001  # Whatever one object suffers from, time goes on for the others.
                _log.exception("sandbox_ticker_failed")
