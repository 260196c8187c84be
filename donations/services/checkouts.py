"""Open a checkout: our row first, with the exact request and its key, and only then Stripe.

One form opens one session, however often it is sent: the form's nonce is unique on the table,
so whoever comes second finds the first one's row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus, can_become
from donations.domain.errors import DonationError, Mismatch
from donations.domain.gifts import Gift
from donations.domain.money import Money
from donations.domain.sentences import N_
from donations.gateway.checkout_parameters import checkout_parameters
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.models import Checkout, Supporter
from donations.models.insert import insert_if_absent
from donations.models.vault import DataKey, Place, Vault
from donations.services import supporters
from donations.services.references import new_reference

LIFETIME: Final = timedelta(minutes=60)
REPEATABLE_FOR: Final = timedelta(minutes=25)
"""Stripe asks `expires_at` to be 30 minutes ahead; later than this the same request is refused."""

ASKING_LASTS: Final = timedelta(seconds=40)
"""More than the web's call to Stripe can take, its second try included."""


class FormAlreadyUsed(DonationError):
    """The form was used for another gift, or too long ago to be repeated."""

    def __init__(self) -> None:
        super().__init__(N_("You have already sent this form. Please check your choices and send it again."))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a gift came from."""

    article: str | None = None
    placement: str | None = None
    campaign: str | None = None
    variant: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None

    @classmethod
    def of(cls, checkout: Checkout) -> Self:
        return cls(**{name: getattr(checkout, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a reader asked for, checked. `charge` is the gift, and the fee where they cover it."""

    gift: Gift
    charge: Money
    email: str
    name: str | None
    wants_newsletter: bool
    origin: Origin
    nonce: str
    locale: str
    first_charge_at: datetime | None = None
    """Of a recurring gift that begins later. None for at once."""
    follows: str | None = None
    """The reference of the gift after which this one was offered: to its thanks leads the way back."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A checkout that may be taken to Stripe, or was."""

    reference: str
    parameters: Mapping[str, Any]
    idempotency_key: str
    is_ours_to_ask: bool
    """Whether this caller asks Stripe; the others of the same form wait for its answer."""
    url: str | None


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """The choices of a checkout that its reader comes back to. Nothing personal."""

    gift: Gift
    covers_fees: bool
    origin: Origin
    url: str | None
    """Where the reader can carry on, while the session is open."""
    is_paid: bool


def open_checkout(
    session: Session, vault: Vault, attempt: Attempt, *, public_base_url: str, now: datetime
) -> Opening:
    """Write the row, or find the one that the same form wrote before.

    Raises FormAlreadyUsed where the form was used for another gift, or too long ago to repeat.
    """
    supporter = supporters.find_or_add(session, vault, attempt.email, now)
    key = supporters.data_key_of(supporter, vault)
    is_first = insert_if_absent(session, Checkout, _new_row(attempt, supporter, key, public_base_url, now))
    row = session.scalars(select(Checkout).where(Checkout.nonce == attempt.nonce)).one()
    if not is_first and not _is_repeatable(row, attempt, supporter, now):
        raise FormAlreadyUsed
    is_ours = is_first or begin_asking(session, row.reference, now)
    parameters = key.open(row.parameters_sealed, _place(row.reference, "parameters_sealed"))
    return Opening(row.reference, json.loads(parameters), row.idempotency_key, is_ours, row.stripe_url)


def begin_asking(session: Session, reference: str, now: datetime) -> bool:
    """Take it upon oneself to ask Stripe, unless there is an answer or somebody is asking already.

    One who has been asking for longer than a call may take is believed dead.
    """
    row = get(session, reference)
    is_asked = row.asked_at is not None and now - row.asked_at < ASKING_LASTS
    if row.stripe_url is not None or row.status is not CheckoutStatus.OPENING or is_asked:
        return False
    row.asked_at = now
    return True


def record_silence(session: Session, reference: str) -> None:
    """Stripe gave no answer: the same form may ask again, with the same key."""
    get(session, reference).asked_at = None


def record_session(session: Session, reference: str, snapshot: CheckoutSessionSnapshot) -> None:
    """Note the session that Stripe opened for us. The webhook may have been quicker.

    Raises Mismatch where the row already belongs to another session.
    """
    row = get(session, reference)
    if row.stripe_session_id not in {None, snapshot.id}:
        raise Mismatch("the checkout already has another session")
    row.stripe_session_id = snapshot.id
    row.stripe_url = snapshot.url or row.stripe_url
    row.asked_at = None
    if row.status is CheckoutStatus.OPENING:
        row.status = CheckoutStatus.OPEN


def record_failure(session: Session, reference: str, now: datetime) -> None:
    """Stripe refused to open a session. A row that has one is left as it is."""
    row = get(session, reference)
    if row.status is not CheckoutStatus.FAILED and can_become(row.status, CheckoutStatus.FAILED):
        row.status = CheckoutStatus.FAILED
        row.ended_at = now


def find(session: Session, reference: str) -> Checkout | None:
    return session.scalar(select(Checkout).where(Checkout.reference == reference))


def get(session: Session, reference: str) -> Checkout:
    return session.scalars(select(Checkout).where(Checkout.reference == reference).with_for_update()).one()


def find_earlier(session: Session, reference: str, now: datetime) -> EarlierAttempt | None:
    """What was chosen in a checkout, for a reader who comes back from Stripe."""
    row = find(session, reference)
    if row is None:
        return None
    can_carry_on = row.status is CheckoutStatus.OPEN and row.expires_at > now
    return EarlierAttempt(
        gift=Gift(Money(row.gift_amount, row.currency), row.frequency),
        covers_fees=row.covers_fees,
        origin=Origin.of(row),
        url=row.stripe_url if can_carry_on else None,
        is_paid=row.status in {CheckoutStatus.PAID, CheckoutStatus.PROCESSING},
    )


def name_of(checkout: Checkout, supporter: Supporter, vault: Vault) -> str | None:
    """The name that was given with this attempt. Raises SealBroken."""
    if checkout.name_sealed is None:
        return None
    key = supporters.data_key_of(supporter, vault)
    return key.open(checkout.name_sealed, _place(checkout.reference, "name_sealed"))


def seal_name(key: DataKey, reference: str, name: str) -> bytes:
    """For the row of a checkout."""
    return key.seal(name, _place(reference, "name_sealed"))


def _new_row(
    attempt: Attempt, supporter: Supporter, key: DataKey, public_base_url: str, now: datetime
) -> dict[str, Any]:
    reference = new_reference()
    expires_at = (now + LIFETIME).replace(microsecond=0)
    parameters = _parameters(attempt, reference, public_base_url, expires_at)
    name = attempt.name
    return {
        "reference": reference,
        "supporter_id": supporter.id,
        "status": CheckoutStatus.OPENING,
        "frequency": attempt.gift.frequency,
        "currency": attempt.charge.currency,
        "gift_amount": attempt.gift.money.amount,
        "charge_amount": attempt.charge.amount,
        "wants_newsletter": attempt.wants_newsletter,
        "name_sealed": None if name is None else seal_name(key, reference, name),
        "locale": attempt.locale,
        "nonce": attempt.nonce,
        "idempotency_key": new_reference(),
        "parameters_sealed": key.seal(json.dumps(parameters), _place(reference, "parameters_sealed")),
        "asked_at": now,
        "created_at": now,
        "expires_at": expires_at,
        "first_charge_at": attempt.first_charge_at,
        **asdict(attempt.origin),
    }


def _parameters(
    attempt: Attempt, reference: str, public_base_url: str, expires_at: datetime
) -> dict[str, Any]:
    # A browser without cookies comes back to the language that it left.
    language = f"lang={attempt.locale}"
    thanks_url = f"{public_base_url}/support/thanks"
    came_from = f"{public_base_url}/support?back={reference}&{language}"
    if attempt.follows is not None:
        came_from = f"{thanks_url}/{attempt.follows}?{language}"
    return checkout_parameters(
        attempt.charge,
        attempt.gift.frequency,
        reference=reference,
        email=attempt.email,
        locale=attempt.locale,
        product_name="Support The Moscow Times",
        success_url=f"{thanks_url}/{reference}?{language}",
        cancel_url=came_from,
        expires_at=expires_at,
        first_charge_at=attempt.first_charge_at,
    )


def _is_repeatable(row: Checkout, attempt: Attempt, supporter: Supporter, now: datetime) -> bool:
    is_same_gift = (
        row.supporter_id == supporter.id
        and row.frequency is attempt.gift.frequency
        and (row.gift_amount, row.charge_amount) == (attempt.gift.money.amount, attempt.charge.amount)
        and row.currency == attempt.charge.currency
        and row.wants_newsletter == attempt.wants_newsletter
        and row.first_charge_at == attempt.first_charge_at
    )
    is_live = row.status in {CheckoutStatus.OPENING, CheckoutStatus.OPEN}
    return is_same_gift and is_live and now - row.created_at < REPEATABLE_FOR


def _place(reference: str, column: str) -> Place:
    return Place("checkout", reference, column)
