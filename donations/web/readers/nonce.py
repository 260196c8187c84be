"""A signed, single-use number in each form that readers are shown.

It stands where a CSRF token would, without the cookie that one needs: a reader who only looks at
the page is given nothing to keep. That it is used once is the checkout table's to hold (its
`nonce` is unique), so that one form sent fifty times opens one session.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import ValidationError
from wtforms.csrf.core import CSRF

from donations.domain.sentences import N_
from donations.web.language import gettext

OLDEST_SECONDS: Final = 2 * 3600
EXPIRED: Final = N_("This form was open for a long time. Please check your choices and send it again.")
_SALT: Final = "readers.nonce"
_RANDOM_BYTES: Final = 18


class NonceCSRF(CSRF):
    """WTForms' CSRF hook, with our nonce: `class Meta: csrf = True; csrf_class = NonceCSRF`."""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """A fresh one for each form; never derived from the reader."""
        return new_token()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Raises ValidationError for one that is old, altered, or not ours."""
        if nonce_in(field.data) is None:
            raise ValidationError(gettext(EXPIRED))


def new_token() -> str:
    """A nonce with its time, signed."""
    return _serializer().dumps(secrets.token_urlsafe(_RANDOM_BYTES))


def nonce_in(token: str | None) -> str | None:
    """The nonce of a token that we signed in the last two hours."""
    try:
        nonce: object = _serializer().loads(token or "", max_age=OLDEST_SECONDS)
    except BadData:
        return None
    return nonce if isinstance(nonce, str) else None


def _serializer() -> URLSafeTimedSerializer:
    assert current_app.secret_key, "SECRET_KEY signs the forms"
    return URLSafeTimedSerializer(current_app.secret_key, salt=_SALT)
