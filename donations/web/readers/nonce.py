"""A signed, single-use number in each form that readers are shown.

It stands where a CSRF token would, without the cookie that one needs: a reader who only looks at
the page is given nothing to keep. That it is used once is the checkout table's to hold (its
`nonce` is unique), so that one form sent fifty times opens one session.

What is signed may be bound to somebody's login: then it is worth nothing in another's.
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

    def binding(self) -> str:
        """Whose form it is; nobody's, for forms that anyone may send."""
        return ""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """A fresh one for each form; never derived from the reader."""
        return new_token(self.binding())

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Raises ValidationError for one that is old, altered, or not ours."""
        if nonce_in(field.data, self.binding()) is None:
            raise ValidationError(gettext(EXPIRED))


def new_token(binding: str = "") -> str:
    """A nonce with its time, signed."""
    return _serializer(binding).dumps(secrets.token_urlsafe(_RANDOM_BYTES))


def nonce_in(token: str | None, binding: str = "") -> str | None:
    """The nonce of a token that we signed in the last two hours, for the same `binding`."""
    try:
        nonce: object = _serializer(binding).loads(token or "", max_age=OLDEST_SECONDS)
    except BadData:
        return None
    return nonce if isinstance(nonce, str) else None


def _serializer(binding: str) -> URLSafeTimedSerializer:
    assert current_app.secret_key, "SECRET_KEY signs the forms"
    return URLSafeTimedSerializer(current_app.secret_key, salt=f"{_SALT}/{binding}" if binding else _SALT)
