"""The staff's forms. Their CSRF token is checked for the whole application, before the view is called."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, PasswordField, StringField


class LoginForm(FlaskForm):
    email = StringField()
    password = PasswordField()


class AddressExportForm(FlaskForm):
    reason = StringField()
    file_kind = StringField()
    password = PasswordField()


class SearchForm(FlaskForm):
    """Posted, so that an address never stands in an address bar or a log."""

    email = StringField()


class RateTableForm(FlaskForm):
    table = FileField()


class StoreRatesForm(FlaskForm):
    replace = BooleanField()


class ViewForm(FlaskForm):
    """A name for what a page shows."""

    name = StringField()
    report = StringField()
    words = StringField()
