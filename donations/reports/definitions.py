"""What each figure means: the words that stand beside it on the page and in every export."""

from typing import Final

from donations.reports.table import Definition

GROSS: Final = Definition(
    "Gross",
    "Successful payments by the day they were charged, before refunds, disputes and fees. "
    "Each currency stands for itself; nothing is converted.",
)
REFUNDS: Final = Definition(
    "Refunds",
    "Refunds that succeeded, by the day of the refund, whenever the donation was. "
    "They are not taken off gross.",
)
DAYS: Final = Definition(
    "Day", "A calendar day in the reporting time zone; on the days when clocks change it has 23 or 25 hours."
)
MRR: Final = Definition(
    "MRR, monthly recurring revenue",
    "The sum of each recurring gift divided by the months between its charges, at one moment: the end of the "
    "period, or now while it lasts. Counted are gifts that are active or past due, not paused, and whose "
    "first payment succeeded; one that waits for its next date while its rhythm changes is active too. "
    "An annual gift counts a twelfth a month. Rounded only when shown.",
)
ACTIVE: Final = Definition(
    "Active recurring supporters", "The different supporters whose recurring gifts are in MRR."
)
COMPARED: Final = Definition(
    "Before",
    "The same figure for the period that this one is compared with, or at its end: as many days directly "
    "before, or the same days a year before. A 29 February that the other year has not stands alone.",
)
