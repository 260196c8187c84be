"""Which refunds and disputes have moved money, and which wait for us."""

from donations.domain import disputes, refunds
from donations.domain.disputes import DisputeStatus
from donations.domain.refunds import RefundStatus


def test_only_a_refund_that_succeeded_counts():
    assert [each for each in RefundStatus if refunds.counts(each)] == [RefundStatus.SUCCEEDED]


def test_a_refund_is_open_until_stripe_says_how_it_went():
    assert {each for each in RefundStatus if refunds.is_open(each)} == {"pending", "requires_action"}


def test_closed_disputes_are_those_that_nobody_decides_any_more():
    closed = {each for each in DisputeStatus if not disputes.is_open(each)}

    assert closed == {"won", "lost", "prevented", "warning_closed"}


def test_money_is_gone_only_with_a_dispute_that_was_lost():
    assert [each for each in DisputeStatus if disputes.is_lost(each)] == [DisputeStatus.LOST]


def test_inquiries_are_told_apart_from_disputes():
    inquiries = {each for each in DisputeStatus if disputes.is_inquiry(each)}

    assert inquiries == {"warning_needs_response", "warning_under_review", "warning_closed"}


def test_what_waits_for_our_evidence_is_known():
    waiting = {each for each in DisputeStatus if disputes.needs_response(each)}

    assert waiting == {"warning_needs_response", "needs_response", "appeal_needs_response"}
