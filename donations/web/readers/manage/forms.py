"""What every form of this area is guarded by: a signed nonce, of nobody or of the login it is for."""

from __future__ import annotations

from typing import Any, Final

from flask_wtf import FlaskForm
from werkzeug.utils import cached_property
from wtforms import StringField

from donations.web.readers.manage.gate import get_reader
from donations.web.readers.nonce import NonceCSRF, nonce_in

NONCE: Final = "nonce"


class SessionNonceCSRF(NonceCSRF):
    """A form that was made in one login is refused in any other."""

    def binding(self) -> str:
        return get_reader().binding


class OpenForm(FlaskForm):
    """A form that anyone may send."""

    class Meta(FlaskForm.Meta):
        csrf_class: type[NonceCSRF] = NonceCSRF

        @cached_property
        def csrf(self) -> bool:
            return True

        @cached_property
        def csrf_field_name(self) -> str:
            return NONCE


class OwnForm(OpenForm):
    """A form of whoever is logged in."""

    class Meta(OpenForm.Meta):
        csrf_class = SessionNonceCSRF

    def nonce(self) -> str | None:
        """The number that makes this form one of a kind."""
        return nonce_in(self[NONCE].data, get_reader().binding)


class AskForm(OpenForm):
    """Whose gifts, and where to go on to."""

    email = StringField()
    then = StringField()


def blame(form: FlaskForm, name: str, sentence: str) -> None:
    """Say what is wrong with one field."""
    field: Any = form[name]
    field.errors = [*field.errors, sentence]


def text(form: FlaskForm, name: str) -> str:
    """What was typed, trimmed."""
    value: object = form[name].data
    return value.strip() if isinstance(value, str) else ""
