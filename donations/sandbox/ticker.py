"""What happens without anybody asking: sessions expire, and late facts arrive."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from donations.sandbox.flows.payment import attach_balance_transaction, dispute_charge
from donations.sandbox.flows.subscribe import pay_invoice_payment
from donations.sandbox.objects.checkout_session import expire_all_due
from donations.sandbox.tasks import Task, run_due
from donations.sandbox.world import World

_TASKS: Mapping[str, Task] = {
    "attach_balance_transaction": attach_balance_transaction,
    "dispute_charge": dispute_charge,
    "pay_invoice_payment": pay_invoice_payment,
}
_SECONDS_BETWEEN = 0.5


def catch_up(world: World) -> None:
    """Do everything that is due by the sandbox's clock, in the caller's transaction."""
    expire_all_due(world)
    run_due(world, _TASKS)


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
            with self._world.store.transaction():
                catch_up(self._world)
