"""The SDK's HTTP client, with answers that are not Stripe's told from answers that are.

Measured with stripe-python 16.1.0: an error page of a proxy's, `{"error": "bad gateway"}` or a byte
that is not UTF-8 raises AttributeError or UnicodeDecodeError from inside the SDK; `null` is handed
on as an object; and half a body is not tried again, while a lost connection is. Here each of them
is a connection error, which the SDK tries again under the same idempotency key.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final, cast

import requests
import stripe

from donations.domain.counting import Outcome
from donations.gateway.observing import Observer, kind_of, outcome_of

_BROKE_OFF: Final = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)


class AnswerCheckingClient(stripe.RequestsClient):
    """Lets through only whole JSON objects, and errors only in Stripe's shape."""

    def __init__(self, timeout: tuple[float, float], observe: Observer) -> None:
        super().__init__(timeout=timeout)
        self._observe = observe

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        began, outcome = time.perf_counter(), Outcome.UNREACHABLE
        try:
            answer = self._request(method, url, headers, post_data)
            outcome = outcome_of(answer[1])
            return answer
        finally:
            self._observe(kind_of(method, url), outcome, time.perf_counter() - began)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            body, status, answered = super().request(method, url, headers, post_data)  # pyright: ignore[reportUnknownMemberType]
        except stripe.APIConnectionError as error:
            error.should_retry |= isinstance(error.__cause__, _BROKE_OFF)
            raise
        if not _is_stripes(body, status):
            raise stripe.APIConnectionError(
                "the answer was not Stripe's", http_status=status, should_retry=True
            )
        return body, status, answered


def _is_stripes(body: bytes, status: int) -> bool:
    try:
        answer: Any = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    if not isinstance(answer, dict):
        return False
    is_error = not 200 <= status < 300
    return not is_error or isinstance(cast("dict[str, Any]", answer).get("error"), dict)
