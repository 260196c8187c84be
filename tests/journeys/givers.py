"""Readers who give: one by plain HTTP without JavaScript, one in a real browser.

Both say the same things in the same order, so that a journey is written once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect

PAYS, DECLINED, NO_FUNDS, CHALLENGED = (
    "4242424242424242",
    "4000000000000002",
    "4000000000009995",
    "4000000000003220",
)
SEPA_SETTLES = "DE89370400440532013000"


class Giver(Protocol):
    def open(self, url: str) -> None: ...
    def follow(self, words: str) -> None: ...
    def fill_in(self, choices: dict[str, str]) -> None:
        """Fields of the support form by name; "on" ticks a box."""
        ...

    def submit(self) -> None: ...
    def pay(self, **fields: str) -> None: ...
    def confirm(self) -> None:
        """Pass the bank's challenge."""
        ...

    def leave_stripe(self) -> None: ...
    @property
    def url(self) -> str: ...
    @property
    def text(self) -> str: ...
    def look_again(self) -> None: ...


def card(number: str = PAYS) -> dict[str, str]:
    return {"cardNumber": number, "cardExpiry": "12 / 34", "cardCvc": "123"}


@dataclass
class HttpGiver:
    """Never runs a script; keeps cookies as a browser would."""

    session: requests.Session = field(default_factory=requests.Session)
    answer: requests.Response | None = None
    form: dict[str, str] = field(default_factory=dict)
    action: str = ""

    def open(self, url: str) -> None:
        self._take(self.session.get(url, timeout=60))

    def follow(self, words: str) -> None:
        link = self.soup.find("a", string=re.compile(words)) or next(
            a for a in self.soup.find_all("a") if words in a.get_text()
        )
        self.open(urljoin(self.url, str(link["href"])))

    def fill_in(self, choices: dict[str, str]) -> None:
        self._read_form(choices)
        self.form |= choices

    def submit(self) -> None:
        if not self.form:
            self._read_form()
        form, self.form = self.form, {}
        self._take(self.session.post(urljoin(self.url, self.action), data=form, timeout=60))

    def pay(self, **fields: str) -> None:
        self._read_form()
        self.form |= {name: value for name, value in fields.items() if name in self.form}
        self.submit()

    def confirm(self) -> None:
        self._read_form()
        button = next(b for b in self.soup.find_all("button") if "omplete" in b.get_text())
        self.form |= {str(button["name"]): str(button.get("value", ""))}
        self.submit()

    def leave_stripe(self) -> None:
        self.follow("Back")

    @property
    def soup(self) -> BeautifulSoup:
        assert self.answer is not None
        return BeautifulSoup(self.answer.text, "html.parser")

    @property
    def url(self) -> str:
        assert self.answer is not None
        return self.answer.url

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    def look_again(self) -> None:
        self.follow("Check again")

    def _take(self, answer: requests.Response) -> None:
        self.answer, self.form = answer, {}

    def _read_form(self, fields: Iterable[str] = ()) -> None:
        """The first form that has these fields, as a browser would send it untouched."""
        form = next(
            each
            for each in self.soup.find_all("form", method=re.compile("post", re.IGNORECASE))
            if all(each.find(attrs={"name": name}) for name in fields)
            and "log-out" not in str(each.get("action"))
        )
        self.action = str(form.get("action") or self.url)
        self.form = {
            str(each["name"]): str(each.get("value", "on" if each.get("type") == "checkbox" else ""))
            for each in form.find_all("input")
            if each.get("name")
            and (each.get("type") not in {"radio", "checkbox", "submit"} or each.has_attr("checked"))
        }


@dataclass
class BrowserGiver:
    page: Page
    console: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._note(message))

    def _note(self, message: Any) -> None:
        # Stripe's page answers a declined card with 402, which the browser remarks upon.
        if message.type == "error" and "402" not in message.text:
            self.console.append(message.text)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def fill_in(self, choices: dict[str, str]) -> None:
        for name, value in choices.items():
            field = self.page.locator(f'[name="{name}"]')
            kind = field.first.get_attribute("type")
            if kind == "radio":
                self.page.locator(f'[name="{name}"][value="{value}"]').check(force=True)
            elif kind == "checkbox":
                field.check()
            elif kind != "hidden":
                field.fill(value)

    def submit(self) -> None:
        self.page.locator("main form:not([action*='log-out']) button[type=submit]").first.click()

    def pay(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name}"]')
            if field.is_editable():
                field.fill(value)
        self.page.locator("button[type=submit]").first.click()

    def confirm(self) -> None:
        self.page.get_by_role("button", name=re.compile("omplete")).click()

    def leave_stripe(self) -> None:
        self.page.get_by_role("link", name=re.compile("Back")).click()

    @property
    def url(self) -> str:
        return self.page.url

    @property
    def text(self) -> str:
        expect(self.page.locator("body")).to_be_visible()
        return " ".join(self.page.locator("body").inner_text().split())

    def look_again(self) -> None:
        self.page.wait_for_timeout(300)
