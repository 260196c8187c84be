"""Take a checked form to Stripe: our row, commit, the call, our row again.

No transaction is open during the call. Where the same form is sent several times at once, one of
them calls and the others wait for its answer.
"""

from __future__ import annotations

import time
from typing import Final

from donations.domain.checkouts import CheckoutStatus
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.models.database import reading, writing
from donations.runtime import Runtime, current
from donations.services import checkouts
from donations.services.checkouts import Attempt, Opening

_WAIT_S: Final = 20.0
"""How long a second copy of a form waits for the answer to the first."""
_PAUSE_S: Final = 0.1


def give(attempt: Attempt) -> str:
    """Stripe's page for this attempt.

    Raises FormAlreadyUsed, StripeUnavailable or StripeRefused; in each case nothing was charged.
    """
    runtime = current()
    with writing() as session:
        opening = checkouts.open_checkout(
            session,
            runtime.vault,
            attempt,
            public_base_url=runtime.config.public_base_url,
            now=runtime.now(),
        )
    if opening.url is not None:
        return opening.url
    if opening.is_ours_to_ask:
        return _ask_stripe(runtime, opening)
    return _url_of_the_first(opening.reference)


def _ask_stripe(runtime: Runtime, opening: Opening) -> str:
    try:
        snapshot = runtime.gateway.create_checkout_session(opening.parameters, opening.idempotency_key)
    except StripeRefused:
        _record_failure(runtime, opening.reference)
        raise
    except StripeUnavailable as problem:
        # Stripe repeats an error that it has answered for as long as it knows the key, so this
        # attempt is over. Without an answer the same call may be made again.
        if problem.was_answered:
            _record_failure(runtime, opening.reference)
        else:
            with writing() as session:
                checkouts.record_silence(session, opening.reference)
        raise
    with writing() as session:
        checkouts.record_session(session, opening.reference, snapshot)
    if snapshot.url is None:
        raise StripeRefused(code="session_without_url")
    return snapshot.url


def _record_failure(runtime: Runtime, reference: str) -> None:
    with writing() as session:
        checkouts.record_failure(session, reference, runtime.now())


def _url_of_the_first(reference: str) -> str:
    """Wait for the answer of the one that asks. Raises StripeUnavailable where none came."""
    for _ in range(int(_WAIT_S / _PAUSE_S)):
        with reading() as session:
            row = checkouts.find(session, reference)
        if row is None or row.status is CheckoutStatus.FAILED:
            raise StripeUnavailable(was_answered=True)
        if row.stripe_url is not None:
            return row.stripe_url
        if row.asked_at is None:
            break
        time.sleep(_PAUSE_S)
    raise StripeUnavailable(was_answered=False)
