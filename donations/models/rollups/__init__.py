"""Sums that reports read instead of the rows they are made of; `services/rollups` keeps them true.

Days are days of a zone, and `known_on` is the day on which a fact was recorded there: all that was
known on a day is what has no later one.
"""

from donations.models.rollups.cohort_month import CohortMonth
from donations.models.rollups.day_amount import DayAmount, MonthAmount
from donations.models.rollups.day_failure import DayFailure
from donations.models.rollups.day_money import DayMoney, DayMoneyByOrigin, MonthMoney, MonthMoneyByOrigin
from donations.models.rollups.day_movement import (
    DayMovement,
    DayMovementByOrigin,
    MonthMovement,
    MonthMovementByOrigin,
)
from donations.models.rollups.day_settlement import DaySettlement
from donations.models.rollups.day_step import DayStep
from donations.models.rollups.gift_state import GiftState, GiftStateKind, GiftStates
from donations.models.rollups.giving import GivingYears, LastGiftDay, OriginValue, SupporterKinds
from donations.models.rollups.rollup_news import NewsKind, RollupNews
from donations.models.rollups.rollup_state import RollupState
from donations.models.rollups.supporter_facts import (
    SupporterGiving,
    SupporterKind,
    SupporterValue,
    SupporterYear,
)

__all__ = [
    "CohortMonth",
    "DayAmount",
    "DayFailure",
    "DayMoney",
    "DayMoneyByOrigin",
    "DayMovement",
    "DayMovementByOrigin",
    "DaySettlement",
    "DayStep",
    "GiftState",
    "GiftStateKind",
    "GiftStates",
    "GivingYears",
    "LastGiftDay",
    "MonthAmount",
    "MonthMoney",
    "MonthMoneyByOrigin",
    "MonthMovement",
    "MonthMovementByOrigin",
    "NewsKind",
    "OriginValue",
    "RollupNews",
    "RollupState",
    "SupporterGiving",
    "SupporterKind",
    "SupporterKinds",
    "SupporterValue",
    "SupporterYear",
]
