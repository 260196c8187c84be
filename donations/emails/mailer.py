"""The way out for mail, by `MAIL_URL`: an SMTP server, or a folder of .eml files in development.

smtp://user:password@host:port?starttls=1 · smtps://… · file:///folder
"""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_TIMEOUT_SECONDS: Final = 20
_PORTS: Final = {"smtp": 25, "smtps": 465}


class MailError(Exception):
    """A message could not be handed over. Carries the kind of error and a code, never an address."""

    is_for_good = False


class MailUnavailable(MailError):
    """Trying again later may help."""


class MailRefused(MailError):
    """The server will not take this message, however often it is offered."""

    is_for_good = True


class Mailer(Protocol):
    """Hands one message over. Raises MailUnavailable or MailRefused."""

    def send(self, message: EmailMessage) -> None: ...


def mailer_for(mail_url: str) -> Mailer:
    """The mailer of a `MAIL_URL`. Raises ValueError for one that is not understood."""
    parts = urlsplit(mail_url)
    if parts.scheme == "file" and parts.path:
        return FolderMailer(Path(unquote(parts.path)))
    if parts.scheme in _PORTS and parts.hostname:
        return SmtpMailer(_server(parts))
    raise ValueError("MAIL_URL must begin with smtp://, smtps:// or file:///")


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each message to a file named by its Message-ID, so that one sent twice is there once."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        name = "".join(c for c in message["Message-ID"] if c.isalnum() or c in "-_.@")
        path = self.folder / f"{name}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(message.as_bytes())
            draft.replace(path)
        except OSError as error:
            raise MailUnavailable(type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    username: str | None
    password: str | None
    is_tls_from_start: bool
    uses_starttls: bool


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """One connection a message: receipts are few, and a kept connection would be stale by the next."""

    server: SmtpServer

    def send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as connection:
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _problem(error, codes[0] if codes else None) from None
        except smtplib.SMTPResponseException as error:
            raise _problem(error, error.smtp_code) from None
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(type(error).__name__) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.is_tls_from_start:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
        if server.uses_starttls:
            connection.starttls(context=ssl.create_default_context())
        if server.username is not None:
            connection.login(server.username, server.password or "")
        return connection


def _problem(error: Exception, code: int | None) -> MailError:
    """A 5xx about the message or its recipient is for good; one about our login is for us to mend."""
    words = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
    is_about_us = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPHeloError)
    is_for_good = code is not None and 500 <= code < 600 and not is_about_us
    return MailRefused(words) if is_for_good else MailUnavailable(words)


def _server(parts: SplitResult) -> SmtpServer:
    assert parts.hostname is not None
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        is_tls_from_start=parts.scheme == "smtps",
        uses_starttls=parse_qs(parts.query).get("starttls", ["0"])[-1] == "1",
    )
