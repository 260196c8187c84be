"""Who is calling: any test key is the one account; a live key has no business here."""

from __future__ import annotations

import base64
import binascii
import re

from donations.sandbox.api.errors import ApiError

_TEST_KEY = re.compile(r"(?:sk|rk)_test_\w+", re.ASCII)


def check_key(header: str | None) -> None:
    """Raises Stripe's 401. Bearer and Basic (key as user name) are both accepted."""
    key = _read_key(header or "")
    if not key:
        raise _refusal(
            "You did not provide an API key. You need to provide your API key in the Authorization header,"
            " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if not _TEST_KEY.fullmatch(key):
        raise _refusal(f"Invalid API Key provided: {_masked(key)}")


def _read_key(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _masked(key: str) -> str:
    prefix = re.match(r"(?:sk|rk|pk)_(?:live|test)_", key)
    return f"{prefix[0] if prefix else ''}{'*' * 8}{key[-4:] if len(key) > 12 else ''}"


def _refusal(message: str) -> ApiError:
    return ApiError(message, status=401, is_kept=False, headers={"WWW-Authenticate": 'Basic realm="Stripe"'})
