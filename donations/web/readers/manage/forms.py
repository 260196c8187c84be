"""What every form of this area is guarded by: a signed nonce, of nobody or of the login it is for."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.utils import cached_property
from wtforms import StringField

from donations.services.gift_wishes import FormTicket
from donations.services.own_gifts import OwnGift
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

    def used_nonce(self) -> str | None:
        """The number that makes this form one of a kind."""
        return nonce_in(self[NONCE].data, get_reader().binding)


class GiftForm(OwnForm):
    """A form about one gift, with the state that it was drawn for."""

    version = StringField()

    def ticket(self, reference: str) -> FormTicket | None:
        """None for a form that lay open too long, was made for another gift, or is not ours."""
        nonce, version = self.used_nonce(), _version_in(self["version"].data, reference)
        return None if nonce is None or version is None else FormTicket(nonce, version)


class AskForm(OpenForm):
    """Whose gifts, and where to go on to."""

    email = StringField()
    then = StringField()


def version_token(gift: OwnGift) -> str:
    """The state of a gift as a page shows it, signed for this gift and this login."""
    return _versions().dumps([gift.reference, gift.version])


def blame(form: FlaskForm, name: str, sentence: str) -> None:
    """Say what is wrong with one field."""
    field: Any = form[name]
    field.errors = [*field.errors, sentence]


def text(form: FlaskForm, name: str) -> str:
    """What was typed, trimmed."""
    value: object = form[name].data
    return value.strip() if isinstance(value, str) else ""


def _version_in(token: str | None, reference: str) -> str | None:
    try:
        signed: object = _versions().loads(token or "")
    except BadData:
        return None
    match signed:
        case [str(of), str(version)] if of == reference:
            return version
        case _:
            return None


def _versions() -> URLSafeSerializer:
    assert current_app.secret_key, "SECRET_KEY signs the forms"
    return URLSafeSerializer(current_app.secret_key, salt=f"readers.manage.version/{get_reader().binding}")
