"""A session says how an attempt stands; it makes no donation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, Donation, Supporter
from donations.models.database import reading, writing
from donations.services import checkouts, erasures, supporters
from donations.services.supporters import contact_of
from donations.sync import checkout_session as sessions
from donations.sync.outcome import Relative
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only, refused
from tests.sync.lives import ids, invoice, payment_intent, session, subscription


def test_a_paid_session_makes_its_checkout_paid_and_no_donation(desk: Desk) -> None:
    checkout = desk.checkout()

    assert desk.apply(session(checkout)).note is None

    row = only(Checkout)
    assert (row.status, row.stripe_payment_intent_id) == (
        CheckoutStatus.PAID,
        ids(checkout)["payment_intent"],
    )
    assert row.ended_at is not None
    assert count_of(Donation) == 0


@pytest.mark.parametrize(
    ("frequency", "snapshots"),
    [
        (Frequency.ONCE, (payment_intent,)),
        (Frequency.MONTHLY, (subscription, invoice, payment_intent)),
        (Frequency.ANNUAL, (subscription, invoice, payment_intent)),
    ],
)
def test_the_session_alone_leads_to_the_donation(desk: Desk, frequency: Frequency, snapshots: tuple) -> None:
    """Every other event was lost."""
    checkout = desk.checkout(frequency)
    desk.tell(session(checkout), *(make(checkout) for make in snapshots))
    desk.deliver(ObjectKind.CHECKOUT_SESSION, session(checkout).id)

    desk.settle()

    assert only(Donation).frequency is frequency


def test_a_checkout_that_never_heard_stripes_answer_adopts_the_session(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.OPENING, stripe_session_id=None, stripe_url=None)
    url = "https://checkout.stripe.com/c/pay/cs_1"

    desk.apply(session(checkout, id="cs_1", status="open", payment_status="unpaid", url=url))

    row = only(Checkout)
    assert (row.status, row.stripe_session_id, row.stripe_url) == (CheckoutStatus.OPEN, "cs_1", url)


def test_a_session_cannot_claim_the_checkout_of_another(desk: Desk) -> None:
    checkout = desk.checkout()

    with refused("the checkout has another session"):
        desk.apply(session(checkout, id="cs_other"))

    assert only(Checkout).status is CheckoutStatus.OPEN


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mode": "subscription"}, "the session has another mode than its checkout"),
        ({"currency": "usd"}, "the session has another currency than its checkout"),
        ({"amount_total": 4999}, "the session has another amount than its checkout"),
        ({"is_livemode": True}, "a live object in the other mode"),
        ({"status": "melted"}, "a session that is melted and paid is not known"),
        (
            {"payment_status": "no_payment_required"},
            "a session that is complete and no_payment_required is not known",
        ),
        ({"payment_intent_id": "pi_other"}, "the checkout has another payment"),
    ],
    ids=["mode", "currency", "amount", "live", "status", "nothing charged", "another payment"],
)
def test_a_session_that_does_not_match_its_checkout_is_refused(
    desk: Desk, changes: dict[str, object], reason: str
) -> None:
    checkout = desk.checkout(stripe_payment_intent_id="pi_ours")

    with refused(reason):
        desk.apply(session(checkout, **({"payment_intent_id": "pi_ours"} | changes)))


def test_an_expired_session_ends_its_checkout(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(session(checkout, status="expired", payment_status="unpaid", payment_intent_id=None))

    assert only(Checkout).status is CheckoutStatus.EXPIRED


def test_a_paid_checkout_never_reopens(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.PAID, ended_at=NOON)

    applied = desk.apply(session(checkout, status="open", payment_status="unpaid", payment_intent_id=None))

    assert only(Checkout).status is CheckoutStatus.PAID
    assert applied.note == "the checkout stays paid"


@pytest.mark.parametrize(
    ("reference", "note"),
    [
        (None, "not ours: the session carries no reference"),
        ("somebody-else's", "not ours: no checkout has the session's reference"),
    ],
)
def test_a_session_of_someone_else_is_set_aside(desk: Desk, reference: str | None, note: str) -> None:
    checkout = desk.checkout()

    applied = desk.apply(session(checkout, id="cs_x", reference=reference))

    assert applied.note == note


@pytest.mark.parametrize("payment_first", [True, False])
def test_a_refused_debit_is_told_whichever_is_looked_at_first(desk: Desk, payment_first: bool) -> None:
    """A bank that refuses days later: the session only says unpaid, the payment says why."""
    checkout = desk.checkout()
    declined = payment_intent(checkout, status="requires_payment_method", amount_received=0, charge=None)
    desk.tell(session(checkout, payment_status="unpaid"), declined)
    news = [(ObjectKind.PAYMENT_INTENT, declined.id), (ObjectKind.CHECKOUT_SESSION, session(checkout).id)]

    for kind, stripe_id in news if payment_first else reversed(news):
        desk.deliver(kind, stripe_id)
    desk.settle()

    assert only(Checkout).status is CheckoutStatus.UNPAID


def test_a_debit_that_the_bank_still_considers_is_processing(desk: Desk) -> None:
    checkout = desk.checkout()
    pending = payment_intent(checkout, status="processing", amount_received=0)
    desk.tell(session(checkout, payment_status="unpaid"), pending)
    desk.deliver(ObjectKind.CHECKOUT_SESSION, session(checkout).id)

    desk.settle()

    assert (only(Checkout).status, count_of(Donation)) == (CheckoutStatus.PROCESSING, 0)


def test_amounts_and_currency_that_a_session_does_not_name_are_no_contradiction(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(session(checkout, amount_total=None, currency=None))

    assert only(Checkout).status is CheckoutStatus.PAID


def test_an_address_that_is_known_is_not_lost_with_a_session_that_is_over(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(session(checkout, url=None))

    assert only(Checkout).stripe_url == checkout.stripe_url


def test_the_gift_that_a_session_began_is_noted_and_may_not_change(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(session(checkout))
    assert only(Checkout).stripe_subscription_id == ids(checkout)["subscription"]

    with refused("the checkout has another payment"):
        desk.apply(session(checkout, subscription_id="sub_other"))


def test_a_complete_session_names_what_came_of_it_until_that_is_recorded(desk: Desk) -> None:
    once, monthly = desk.checkout(), desk.checkout(Frequency.MONTHLY)
    with reading() as opened:
        before = sessions.relatives(opened, session(once))
        recurring = sessions.relatives(opened, session(monthly))
        still_open = sessions.relatives(opened, session(once, status="open"))
    desk.apply(payment_intent(once))
    with reading() as opened:
        after = sessions.relatives(opened, session(once))

    assert before == [Relative(ObjectKind.PAYMENT_INTENT, ids(once)["payment_intent"])]
    assert recurring == [Relative(ObjectKind.SUBSCRIPTION, ids(monthly)["subscription"])]
    assert (still_open, after) == ([], [])


@pytest.mark.parametrize(
    ("frequency", "kind", "name"),
    [
        (Frequency.ONCE, ObjectKind.PAYMENT_INTENT, "payment_intent"),
        (Frequency.MONTHLY, ObjectKind.SUBSCRIPTION, "subscription"),
    ],
)
def test_what_a_bank_considers_is_looked_at_once_more_when_the_reader_is_through(
    desk: Desk, frequency: Frequency, kind: ObjectKind, name: str
) -> None:
    checkout = desk.checkout(frequency)
    unpaid = session(checkout, payment_status="unpaid")

    first, again = desk.apply(unpaid), desk.apply(unpaid)

    assert first.look_next == Relative(kind, ids(checkout)[name])
    assert again.look_next is None
    assert only(Checkout).status is CheckoutStatus.PROCESSING


def test_a_gift_agreed_for_later_has_its_subscription_looked_at_once_more(desk: Desk) -> None:
    later = NOON + timedelta(days=9)
    checkout = desk.checkout(Frequency.MONTHLY, first_charge_at=later)
    agreed = session(checkout, payment_status="no_payment_required", amount_total=0)

    first, again = desk.apply(agreed), desk.apply(agreed)

    assert first.look_next == Relative(ObjectKind.SUBSCRIPTION, ids(checkout)["subscription"])
    assert (again.look_next, again.note) == (None, None)
    assert only(Checkout).status is CheckoutStatus.PROCESSING


def test_an_attempt_that_is_over_is_not_agreed_upon_afterwards(desk: Desk) -> None:
    later = NOON + timedelta(days=9)
    over = {"status": CheckoutStatus.EXPIRED, "ended_at": NOON}
    checkout = desk.checkout(Frequency.MONTHLY, first_charge_at=later, **over)

    applied = desk.apply(session(checkout, payment_status="no_payment_required", amount_total=0))

    assert applied.note == "the checkout stays expired"


def test_a_gift_that_begins_later_may_cost_nothing_today(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, first_charge_at=NOON + timedelta(days=9))

    with refused("the session has another amount than its checkout"):
        desk.apply(session(checkout))


@pytest.mark.parametrize(
    ("status", "has_ended"),
    [("open", False), ("expired", True)],
)
def test_an_attempt_has_an_end_only_when_it_is_over(desk: Desk, status: str, has_ended: bool) -> None:
    checkout = desk.checkout(status=CheckoutStatus.OPENING)
    before = desk.clock.time

    desk.apply(session(checkout, status=status, payment_status="unpaid", payment_intent_id=None))

    ended_at = only(Checkout).ended_at
    assert (ended_at is not None and before < ended_at <= desk.clock.time) is has_ended


def test_the_language_of_an_attempt_becomes_that_of_letters_when_it_is_paid_or_agreed(desk: Desk) -> None:
    paid = desk.checkout(locale="ru")
    agreed = desk.checkout(Frequency.MONTHLY, first_charge_at=NOON + timedelta(days=9), locale="ru")

    desk.apply(session(paid))
    desk.apply(session(agreed, payment_status="no_payment_required", amount_total=0))

    for checkout in (paid, agreed):
        assert only(Supporter, id=checkout.supporter_id).language == "ru"


def test_the_name_given_with_an_attempt_is_kept_when_its_session_is_paid(desk: Desk) -> None:
    checkout = desk.checkout()
    with writing() as opened:
        supporter = opened.get_one(Supporter, checkout.supporter_id)
        key = supporters.data_key_of(supporter, desk.runtime.vault)
        row = opened.get_one(Checkout, checkout.id)
        row.name_sealed = checkouts.seal_name(key, row.reference, "Nina")

    desk.apply(session(checkout))

    assert contact_of(only(Supporter), desk.runtime.vault).name == "Nina"


def test_of_who_was_erased_meanwhile_nothing_is_learnt_with_the_money(desk: Desk) -> None:
    checkout = desk.checkout(locale="ru", wants_newsletter=True)
    with writing() as opened:
        erasures.wipe(opened, checkout.supporter_id, NOON)
        opened.get_one(Checkout, checkout.id).wants_newsletter = True

    desk.apply(session(checkout))

    supporter = only(Supporter)
    assert (supporter.language, supporter.wants_newsletter) == (None, False)
    assert only(Checkout).status is CheckoutStatus.PAID
