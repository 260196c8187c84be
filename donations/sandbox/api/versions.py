"""Which version of the API a caller speaks: the account's own unless a header says otherwise.

The account is one opened before endive, as a newspaper's is. The SDK always names its own version;
those who name none are people with curl, and Stripe's CLI, whose fixtures still send what endive
refuses.
"""

from __future__ import annotations

from donations.sandbox.api.description import operation
from donations.sandbox.api.errors import invalid
from donations.sandbox.api.overlay import DESCRIBED
from donations.sandbox.settings import SUPPORTED_VERSIONS

ACCOUNT_VERSION = DESCRIBED


def asked_version(header: str | None) -> str:
    """Raises Stripe's 400 for a version that there never was, and ours for one too old to answer in."""
    version = header or ACCOUNT_VERSION
    if version in SUPPORTED_VERSIONS:
        return version
    known = operation("POST", "/v1/webhook_endpoints").parameters["api_version"]["enum"]
    if version in known:
        raise invalid(f"The sandbox does not speak version {version}.")
    raise invalid(f"Invalid Stripe API version: {version}")


def answered_version(header: str | None) -> str:
    """The header of the answer, errors included."""
    return header if header in SUPPORTED_VERSIONS else ACCOUNT_VERSION
