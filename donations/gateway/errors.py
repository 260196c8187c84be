"""What can go wrong at the border to Stripe. All of it is for staff; pages have words of their own.

`str()` holds a status, a code, the name of a parameter and the request id, never Stripe's message:
that echoes what was sent, such as an email address, or part of a key. For the same reason the SDK's
exception is not chained to ours.
"""

from __future__ import annotations

from donations.domain.errors import DonationError


class GatewayError(DonationError):
    """Anything that went wrong between Stripe and us. For staff."""


class StripeProblem(GatewayError):
    """A call that did not give us what it was made for. For staff.

    `request_id` is Stripe's, to be quoted to its support.
    """

    def __init__(
        self,
        *,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
    ) -> None:
        details = {"status": status, "code": code, "param": param, "request": request_id}
        words = [type(self).__name__, *(f"{name}={value}" for name, value in details.items() if value)]
        super().__init__(" ".join(words))
        self.status = status
        self.code = code
        self.param = param
        self.request_id = request_id


class StripeUnavailable(StripeProblem):
    """Stripe cannot do it now; the same call, with the same key, may be made again later. For staff.

    `was_answered` says whether Stripe itself answered, with an error; where it is False no complete
    answer came, so the call may or may not have taken effect. `retry_after` is in seconds.
    """

    def __init__(
        self,
        *,
        was_answered: bool,
        retry_after: float | None = None,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(status=status, code=code, param=param, request_id=request_id)
        self.was_answered = was_answered
        self.retry_after = retry_after


class RateLimited(StripeUnavailable):
    """We called too often, and nothing was done. For staff."""


class StripeRefused(StripeProblem):
    """Our request is wrong: the same again will be refused again. For staff."""


class IdempotencyMismatch(StripeRefused):
    """This key was used before with other parameters. For staff: a fault in a program."""


class NotFoundAtStripe(StripeRefused):
    """Stripe has no such object, or this key may not see it. For staff."""


class CardDeclined(StripeRefused):
    """The bank said no. For staff."""


class UnexpectedAnswer(GatewayError):
    """Stripe's object lacks something that we rest on, or has it in another shape. For staff."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Stripe's answer was not understood: {what}")
        self.what = what


class CallInTransaction(RuntimeError):
    """Stripe was about to be called while a database transaction was open: a fault in a program."""

    def __init__(self) -> None:
        super().__init__("no database transaction may be open while Stripe is called")


class BadWebhook(GatewayError):
    """A request to the webhook address that is not a notice of Stripe's. For staff."""


class BadSignature(BadWebhook):
    """Not signed by Stripe with a secret of ours just now."""


class BadPayload(BadWebhook):
    """Signed, but not an event."""


class PayloadTooLarge(BadWebhook):
    """Larger than any event."""
