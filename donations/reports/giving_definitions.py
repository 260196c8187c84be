"""What the figures about supporters mean: the words that stand beside them and in every export."""

from __future__ import annotations

from typing import Final

from donations.reports.table import Definition

YEARS: Final = Definition(
    "Year",
    "A calendar year in the time zone of the books. A donation counts in the year of its charge, also where "
    "it was refunded later.",
)
NEW: Final = Definition("New", "Gave in the year for the first time ever.")
CONSECUTIVE: Final = Definition("Consecutive", "Gave in the year and in the one before.")
REACTIVATED: Final = Definition("Reactivated", "Gave in the year, not in the one before, but earlier.")
GAVE: Final = Definition("Gave", "New, consecutive and reactivated together.")
LAPSED: Final = Definition("Lapsed", "Gave in the year before and not in this one.")
DEEPLY_LAPSED: Final = Definition(
    "Deep lapsed", "Gave last 2 to 5 calendar years before this one: not in it, and not in the year before."
)
LOST: Final = Definition("Lost", "Gave last more than 5 calendar years before this one.")
RETENTION: Final = Definition(
    "Donor retention",
    "Gave in the year and in the one before ÷ gave in the one before. First-year: those who had never given "
    "before that one. Repeat: the others. A year that is still running is not over: the share can only grow.",
)
KIND: Final = Definition(
    "Kind",
    "Everybody is of exactly one. Recurring: a recurring gift was paid at least once and has not ended, also "
    "while it is paused or fails. Recurring, ended: there was one. One-time only: gave, and never regularly. "
    "Never paid: left an address, and no payment came of it.",
)
STATES: Final = Definition(
    "State",
    "Of recurring gifts that have not ended, as they are now. Active: the last charge succeeded. Failing: it "
    "did not, and is tried again. Paused: not charged until it is resumed. Waiting: the first payment is "
    "still to come, or charges were given up.",
)
ENDING: Final = Definition("Set to end", "Of these, the gifts whose last day is set: they go on until then.")
BEGAN: Final = Definition(
    "New, reactivated",
    "New: somebody began to give regularly for the first time. Reactivated: somebody began again who had "
    "given regularly before and had stopped.",
)
ENDED: Final = Definition(
    "Failed, cancelled, disputed",
    "Recurring gifts that ended: because charges failed until they were given up, by the wish of whoever "
    "gave them, or because a payment was disputed. One of several gifts of the same person counts as well.",
)
LYBUNT: Final = Definition(
    "LYBUNT", "Gave last year but unfortunately not this one, and has no recurring gift that goes on."
)
SYBUNT: Final = Definition(
    "SYBUNT",
    "Gave in some earlier year but unfortunately neither last year nor in this one, and has no recurring "
    "gift that goes on.",
)
OVERDUE: Final = Definition(
    "Overdue",
    "The last gift is 13 months old or older, whichever calendar years that were, and there is no recurring "
    "gift that goes on: who gives once a year would have given again by now.",
)
STILL_RECURRING: Final = Definition(
    "Recurring gift goes on",
    "Has not given this year, but has a recurring gift that was paid at least once and has not ended: "
    "neither LYBUNT nor SYBUNT.",
)
