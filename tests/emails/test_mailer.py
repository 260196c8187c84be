"""The way out for mail, against a small server on loopback that speaks SMTP."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from donations.emails.mailer import FolderMailer, MailError, SmtpMailer, mailer_for


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "us@example.com", "nina@example.com", "<a/../b@c.example>"
    made.set_content("Thank you.")
    return made


class _Postbox(socketserver.StreamRequestHandler):
    """As much of SMTP as is needed; answers RCPT as the test says."""

    server: PostOffice

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self._take_in()
            else:
                self._say({"RCPT": self.server.rcpt_answer, "QUIT": "221 bye"}.get(word, "250 ok"))
            if word == "QUIT":
                return

    def _take_in(self) -> None:
        self._say("354 go on")
        lines: list[str] = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        self.server.received.append("\n".join(lines))
        self._say("250 kept")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class PostOffice(socketserver.TCPServer):
    def __init__(self, rcpt_answer: str) -> None:
        super().__init__(("127.0.0.1", 0), _Postbox)
        self.rcpt_answer = rcpt_answer
        self.received: list[str] = []


@contextmanager
def post_office(rcpt_answer: str = "250 ok") -> Iterator[PostOffice]:
    with PostOffice(rcpt_answer) as office:
        thread = threading.Thread(target=office.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield office
        office.shutdown()
        thread.join()


def test_a_message_is_handed_to_the_server() -> None:
    with post_office() as office:
        mailer_for(f"smtp://127.0.0.1:{office.server_address[1]}").send(message())

    (received,) = office.received
    assert "Message-ID: <a/../b@c.example>" in received
    assert received.endswith("Thank you.")


@pytest.mark.parametrize(
    ("answer", "is_for_good"), [("550 no such user", True), ("451 nina@example.com is busy", False)]
)
def test_a_refusal_says_whether_it_is_for_good_and_never_the_address(answer: str, is_for_good: bool) -> None:
    with post_office(answer) as office, pytest.raises(MailError) as refused:
        mailer_for(f"smtp://127.0.0.1:{office.server_address[1]}").send(message())

    assert refused.value.is_for_good is is_for_good
    assert str(refused.value) == f"SMTPRecipientsRefused {answer[:3]}"


def test_a_server_that_is_away_may_be_tried_again() -> None:
    with post_office() as office:
        port = office.server_address[1]

    with pytest.raises(MailError) as refused:
        mailer_for(f"smtp://127.0.0.1:{port}").send(message())

    assert refused.value.is_for_good is False


def test_in_development_mail_is_a_file_that_stays_in_its_folder(tmp_path: Path) -> None:
    mailer = mailer_for(f"file://{tmp_path}/mail")

    mailer.send(message())
    mailer.send(message())

    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "a..b@c.example.eml"
    assert b"Thank you." in path.read_bytes()


def test_every_form_of_the_setting_is_understood() -> None:
    open_mailer = mailer_for("smtp://mail.example")
    secured = mailer_for("smtps://us%40example.com:p%3Aw@mail.example")
    upgraded = mailer_for("smtp://mail.example:587?starttls=1")

    assert isinstance(open_mailer, SmtpMailer)
    assert isinstance(secured, SmtpMailer)
    assert isinstance(upgraded, SmtpMailer)
    assert (open_mailer.server.port, open_mailer.server.uses_starttls) == (25, False)
    assert (secured.server.username, secured.server.password) == ("us@example.com", "p:w")
    assert (secured.server.port, secured.server.is_tls_from_start) == (465, True)
    assert (upgraded.server.port, upgraded.server.uses_starttls) == (587, True)
    assert isinstance(mailer_for("file:///tmp/mail"), FolderMailer)


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://", "file://"])
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_URL"):
        mailer_for(url)
