"""What the figures of recurring revenue mean: the words that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from donations.domain.movements import MovementKind
from donations.reports.movement_words import KIND_NAMES
from donations.reports.table import Definition

IDENTITY: Final = Definition(
    "Opening and closing",
    "Opening + new + reactivated + upgraded + resumed − downgraded − paused − churned = closing. Checked "
    "each time on exact figures, of revenue, of gifts and of people; the page says so if it ever fails. "
    "What takes away is written with a minus.",
)
GIFTS: Final = Definition("Recurring gifts", "The gifts that are in MRR. One supporter may have several.")

_KINDS: Final[Mapping[MovementKind, str]] = {
    MovementKind.NEW: "Supporters whose first recurring gift ever began to count, on the day of its first "
    "payment.",
    MovementKind.REACTIVATED: "Supporters who had given regularly, had stopped, and began again.",
    MovementKind.UPGRADED: "A recurring gift was raised, or somebody who gives regularly added another.",
    MovementKind.RESUMED: "A paused gift counts again.",
    MovementKind.DOWNGRADED: "A recurring gift was lowered, or ended while another one of the same supporter "
    "goes on. €10 a month that becomes €100 a year is −€1.67 a month, told apart as switched to annual.",
    MovementKind.PAUSED: "A gift is not charged for a while. That is never churn.",
    MovementKind.CHURNED: "The last recurring gift of a supporter ended, or charging it was given up. A gift "
    "that ends while it is paused takes nothing away any more: it left when it was paused.",
}
KIND_DEFINITIONS: Final[Mapping[MovementKind, Definition]] = {
    kind: Definition(KIND_NAMES[kind], text) for kind, text in _KINDS.items()
}

CAUSES: Final = Definition(
    "Why gifts end",
    "Voluntary: somebody ended it. Payment failure: charges failed until they were given up. Dispute: a "
    "payment of it was disputed at the bank.",
)
ENDED_WHILE_PAUSED: Final = Definition(
    "Ended while paused", "Gifts that ended after they had left MRR by a pause. They are not churned again."
)
SECOND_ENDED: Final = Definition(
    "Second gifts ended",
    "MRR of gifts that ended while another one of the same supporter goes on. It is part of downgraded.",
)
SWITCHED: Final = Definition(
    "Switches of rhythm",
    "Gifts that went from monthly to annual or back, with what that did to MRR. It is part of upgraded or "
    "downgraded. A switch that leaves a year's worth as it was moves nothing, and has no line in the ledger.",
)
CHURN_RATE: Final = Definition(
    "Churn rate",
    "Supporters who churned in 30 days ÷ (those active 30 days ago + those who were new in these days).",
)
CHURN_RATE_OF_GIFTS: Final = Definition(
    "Churn rate of gifts", "The same of recurring gifts instead of supporters, by the same movements."
)
QUICK_RATIO: Final = Definition(
    "Quick ratio",
    "(New + reactivated + upgraded) ÷ (downgraded + churned), of MRR. Above 100 % more came than went. "
    "Pauses are on neither side.",
)
AT_RISK: Final = Definition(
    "At risk", "The gifts in MRR that are past due: the last charge failed, and Stripe is trying again."
)
ENDING: Final = Definition(
    "Scheduled to end", "The gifts in MRR whose end is set to a day. They stay in MRR until it."
)
PAUSED_NOW: Final = Definition("Paused", "Gifts that are not charged now and may go on. Not in MRR.")

COHORT: Final = Definition(
    "Cohort", "The supporters whose first recurring gift began to count in a month. Nobody is in two."
)
RETENTION: Final = Definition(
    "Cohort retention",
    "Still active at the end of month c + k ÷ cohort c, by people. Blank until the month is over.",
)
RETENTION_OF_MRR: Final = Definition(
    "Cohort retention by MRR",
    "What the cohort gives a month at the end of month c + k ÷ what it began with. Upgrades can bring it "
    "above 100 %. Blank until the month is over.",
)
AVERAGE_RETENTION: Final = Definition(
    "Average retention",
    "Of all cohorts shown whose month c + k is over: what is still active then ÷ what began. Large cohorts "
    "count for more than small ones.",
)
