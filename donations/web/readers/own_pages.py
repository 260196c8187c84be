"""Refusing a form that another site's page sent."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Request

_FOREIGN: Final = "cross-site"


def is_from_elsewhere(request: Request, public_base_url: str) -> bool:
    """Whether the browser says that this came from a page of another site.

    Browsers that send Sec-Fetch-Site are believed. Of the others `Origin` counts, where `null` says
    nothing: our own `Referrer-Policy: no-referrer` turns it into that. The nonce guards what is left.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site.lower() == _FOREIGN
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return False
    return _host(origin) not in {_host(public_base_url), request.host}


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower()
