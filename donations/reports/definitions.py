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
DISPUTES: Final = Definition(
    "Disputes",
    "Disputed payments that were lost, by the day the dispute was opened, whenever the donation was. "
    "One that is still open, or was won, takes nothing.",
)
FEES: Final = Definition(
    "Fees",
    "What Stripe kept of the donations charged in these days, in the currency of the gift at the rate of its "
    "own charge. A fee counts once Stripe has told it.",
)
PENDING: Final = Definition(
    "Fee pending",
    "Donations whose fee Stripe has not told yet. They are in gross, and in net with nothing taken off.",
)
NET: Final = Definition(
    "Net",
    "Gross − refunds (by the day of the refund) − lost disputes − fees. Fees that are pending are not taken "
    "off yet, and are shown apart.",
)
DAYS: Final = Definition(
    "Day", "A calendar day in the reporting time zone; on the days when clocks change it has 23 or 25 hours."
)
MONTHS: Final = Definition(
    "Month",
    "A calendar month in the reporting time zone; of a month that the period cuts, the days within it.",
)
SETTLED: Final = Definition(
    "Settlement",
    "What the donations charged in these days came to in the currency of the balance that they were paid "
    "into, at the rate of each charge; less its fee that is net. What was taken back later is not taken off "
    "here. What staff entered has no fee and is settled at once.",
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
NEW: Final = Definition("New", "Supporters who began to give regularly in these days, and never had before.")
REACTIVATED: Final = Definition(
    "Came back", "Supporters who had given regularly, had ceased, and began again in these days."
)
CHURNED: Final = Definition(
    "Churned",
    "Supporters whose last recurring gift ended in these days, by their wish, by failed payments or by a "
    "dispute. A pause is never churn.",
)
PAUSES: Final = Definition(
    "Paused, resumed",
    "Supporters whose last recurring gift that counted was paused in these days; or who had paused, and "
    "go on.",
)
CAME_AND_WENT: Final = Definition(
    "Came and went",
    "Before + new + came back + resumed − paused − churned = now, where the one period ends as the other "
    "begins. Within one currency, who adds a gift in it to one in another, or gives it up, counts as well.",
)
AT_RISK: Final = Definition(
    "At risk",
    "The part of MRR whose gifts are past due now: their last charge failed, and Stripe is trying again.",
)
AVERAGE: Final = Definition(
    "Average gift",
    "Gross ÷ donations, within one currency and one frequency: instalments are never mixed with one-time "
    "gifts. Rounded only when shown.",
)
MEDIAN: Final = Definition(
    "Median gift",
    "The gift in the middle when all are put in order by amount, or the mean of the two in the middle; "
    "within one currency and one frequency.",
)
COMPARED: Final = Definition(
    "Before",
    "The same figure for the period that this one is compared with, or at its end: as many days directly "
    "before, or the same days a year before. A 29 February that the other year has not stands alone.",
)
FAILED: Final = Definition(
    "Failed payments",
    "Payments of recurring gifts that did not go through when they were first asked for, by the day on which "
    "they first failed; each once, however often it is tried again. A first payment that fails is not among "
    "them: nothing had begun yet.",
)
RECOVERY: Final = Definition(
    "Recovery rate",
    "By when a payment first failed: recovered within 30 days ÷ failed. Those that first failed on one of "
    "the last 30 days or today are pending: they stand apart, whatever became of them by now, and the rate "
    "leaves them out. Outcomes are those of now.",
)
PENDING_FAILURES: Final = Definition(
    "Pending",
    "Failed payments that first failed on one of the last 30 days or today: too young to be judged.",
)
GIVEN_UP: Final = Definition(
    "Given up, still owed",
    "Given up: no longer asked for, because the gift ended first. Still owed: 30 days or more old, neither "
    "paid nor given up.",
)
CONFIRMATION: Final = Definition(
    "Needed confirmation", "The bank asked the supporter to confirm the payment themselves (3-D Secure)."
)
ENDED_BY_FAILURE: Final = Definition(
    "Lost to failed payments",
    "Recurring gifts that ended, or are charged no more, because charges failed until Stripe stopped trying, "
    "by the day it happened; MRR is what they counted for. Supporters are those who then had no other "
    "recurring gift in that currency.",
)
DISPUTES_OPENED: Final = Definition(
    "Disputes",
    "Payments that a bank contested, by the day the dispute was opened, as they stand now; a bank’s question "
    "before one counts, too. Lost: the money is gone for good. Kept: won, withdrawn, or refunded before it "
    "became one. The rest are still open.",
)
UPCOMING: Final = Definition(
    "Upcoming charges",
    "Each charge, in the days ahead, of a recurring gift that is active or past due: its next one, and those "
    "that follow a month or a year after each. A gift begun on the 29th to 31st may move by some days in a "
    "shorter month. Gifts that are paused, set to end, or not begun yet are not among them.",
)
SUCCESS: Final = Definition(
    "Historic success",
    "Of the last 12 months, by frequency: payments of recurring gifts ÷ (those payments + payments that "
    "failed and have not recovered).",
)
EXPECTED: Final = Definition(
    "Expected", "Amount × historic success of its frequency; rounded only when shown."
)
GOAL: Final = Definition(
    "Received",
    "Gifts that came through the campaign in the goal’s currency, from the first day of its window to the "
    "last, less refunds made on those days. Fees and lost disputes are not taken off, and what is given in "
    "other currencies is not counted.",
)
PACE: Final = Definition(
    "Pace",
    "So far: received ÷ the days gone, today included. Needed: what is missing ÷ the days left, today "
    "included.",
)
PLEDGED: Final = Definition(
    "12-month pledge value",
    "A year’s worth of the recurring gifts with which somebody began, or began again, to give regularly "
    "through the campaign on these days, in its currency. Their payments so far are in “received” as well, "
    "so the two are never added.",
)
