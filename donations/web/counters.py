"""What was counted and compared, in Prometheus's words.

Counters are stored by all processes together and grow for as long as the database lives, so any process
answers for all of them, after restarts too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from donations.domain.alerts import Cause
from donations.domain.counting import BEYOND, BOUNDS, Counted, Job, Rejection
from donations.reports.reconciling import LastRun
from donations.services.tally import Key

_MICROSECONDS: Final = 1_000_000
_PLAIN: Final = (
    (Counted.ACCEPTED, "webhooks_accepted", "Notices of Stripe's that were new and kept."),
    (Counted.DUPLICATE, "webhooks_duplicate", "Notices that were known already."),
    (Counted.NOT_KEPT, "webhooks_not_kept", "Notices answered 503, because the database did not take them."),
    (Counted.LETTERS_SENT, "letters_sent", "Letters that were handed over."),
    (Counted.LETTERS_FAILED, "letters_failed", "Tries to send a letter that came to nothing."),
)


@dataclass(frozen=True, slots=True)
class Counters:
    """One look at what was counted."""

    totals: Mapping[Key, int]
    declined: int
    """Payments of recurring gifts that did not go through at first."""

    def collect(self) -> Iterator[Metric]:
        for name, called, meaning in _PLAIN:
            yield CounterMetricFamily(f"donations_{called}", meaning, value=self._of(name))
        yield CounterMetricFamily(
            "donations_payments_declined",
            "Payments of recurring gifts that did not go through at first.",
            value=self.declined,
        )
        rejected = CounterMetricFamily(
            "donations_webhooks_rejected", "Requests that were no notices of Stripe's.", labels=["reason"]
        )
        for reason in Rejection:
            rejected.add_metric([reason], self._of(Counted.REJECTED, reason))
        yield rejected
        yield from self._jobs()
        yield from self._calls()

    def _jobs(self) -> Iterator[Metric]:
        for name, called, meaning, unit in (
            (Counted.JOBS, "jobs", "How often workers did a job.", 1),
            (Counted.JOBS_FAILED, "jobs_failed", "How often a job broke off.", 1),
            (Counted.JOB_TIME, "job_seconds", "How long jobs took together.", _MICROSECONDS),
        ):
            family = CounterMetricFamily(f"donations_{called}", meaning, labels=["job"])
            for job in Job:
                family.add_metric([job], self._of(name, job) / unit)
            yield family

    def _calls(self) -> Iterator[Metric]:
        calls = CounterMetricFamily(
            "donations_stripe_calls", "Calls to Stripe, each try.", labels=["kind", "outcome"]
        )
        for (name, label), number in sorted(self.totals.items()):
            if name is Counted.CALLS:
                kind, _, outcome = label.rpartition(" ")
                calls.add_metric([kind, outcome], number)
        yield calls
        seconds = HistogramMetricFamily(
            "donations_stripe_call_seconds", "How long calls to Stripe took, each try.", labels=["kind"]
        )
        for kind in sorted(label for name, label in self.totals if name is Counted.CALL_TIME):
            took = self._of(Counted.CALL_TIME, kind) / _MICROSECONDS
            seconds.add_metric([kind], self._buckets(kind), took)
        yield seconds

    def _buckets(self, kind: str) -> list[tuple[str, float]]:
        """Each holds those below it too, as Prometheus wants it."""
        buckets: list[tuple[str, float]] = []
        within = 0
        for bound in (*BOUNDS, BEYOND):
            within += self._of(Counted.CALLS_WITHIN, f"{kind} {bound}")
            buckets.append((bound, within))
        return buckets

    def _of(self, name: Counted, label: str = "") -> int:
        return self.totals.get((name, label), 0)


def comparisons(runs: Sequence[LastRun], now: datetime) -> Iterator[Metric]:
    """Of the newest run of each kind that came to its end."""
    for called, meaning, values in (
        (
            "age_seconds",
            "How long ago the last comparison with Stripe came to its end.",
            {run.kind: (now - run.finished_at).total_seconds() for run in runs},
        ),
        ("listed", "What the last comparison listed.", {run.kind: run.listed for run in runs}),
        ("marked", "What it had looked at again.", {run.kind: run.marked for run in runs}),
        ("differing", "What was not as we had it.", {run.kind: run.differing for run in runs}),
    ):
        family = GaugeMetricFamily(f"donations_comparison_{called}", meaning, labels=["kind"])
        for kind, value in values.items():
            family.add_metric([kind], value)
        yield family


def alerts(found: frozenset[Cause], workers: int) -> Iterator[Metric]:
    """Each cause with 1 where it holds, and how many workers live."""
    yield GaugeMetricFamily("donations_workers_alive", "Workers seen within five minutes.", value=workers)
    family = GaugeMetricFamily("donations_alert", "Whether something is wrong now.", labels=["cause"])
    for cause in Cause:
        family.add_metric([cause], cause in found)
    yield family
