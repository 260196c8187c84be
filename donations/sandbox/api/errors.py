"""Stripe's errors: an HTTP status and a body of `type`, `code`, `param` and `message`."""

from __future__ import annotations

from collections.abc import Mapping

from donations.sandbox.document import Document


class ApiError(Exception):
    """An answer that refuses. `is_kept` says whether an Idempotency-Key would replay it.

    `leaves_traces`: what was done until then stays, as a declined payment stays in the books.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        is_kept: bool = True,
        headers: Mapping[str, str] | None = None,
        more: Document | None = None,
        leaves_traces: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.is_kept = is_kept
        self.headers = dict(headers or {})
        self.more = more or {}
        self.leaves_traces = leaves_traces

    def body(self) -> Document:
        error: Document = dict(self.more)
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        error["message"] = self.message
        if self.param:
            error["param"] = self.param
        error["type"] = self.type
        return {"error": error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A parameter that Stripe would refuse before it starts: 400, and never replayed."""
    return ApiError(message, param=param, code=code, is_kept=False)


def missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def no_such(kind: str, object_id: str, param: str = "id", status: int = 404) -> ApiError:
    return ApiError(f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param)
