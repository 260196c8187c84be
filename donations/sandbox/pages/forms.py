"""The buttons of the people's page: each is a plain form that asks one control, and leads back.

A page of another site could send the same form, so the browser must say that ours sent it.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.datastructures import MultiDict

from donations.sandbox.api.errors import ApiError
from donations.sandbox.loopback import is_loopback
from donations.sandbox.pages import controls, upcoming
from donations.sandbox.world import World

_LISTS = frozenset({"days", "enabled_events", "types"})
_NOTICES_KEPT = 100
_HOME = "/_sandbox/"


class Notices:
    """What to tell after a form, kept here so that no address can put words on the page."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, bool]] = OrderedDict()
        self._numbers = count(1)

    def keep(self, words: str, *, is_good: bool) -> str:
        name = str(next(self._numbers))
        self._kept[name] = (words, is_good)
        if len(self._kept) > _NOTICES_KEPT:
            self._kept.popitem(last=False)
        return name

    def find(self, name: str | None) -> tuple[str, bool] | None:
        return self._kept.get(name or "")


def make_blueprint(world: World, notices: Notices) -> Blueprint:
    blueprint = Blueprint("forms", __name__)

    def do(name: str) -> Response:
        if not _is_ours():
            return Response(
                "This form did not come from the sandbox's own page.\n", 403, mimetype="text/plain"
            )
        words, is_good = _ask(world, name, request.form)
        notice = notices.keep(words, is_good=is_good)
        return make_response(redirect(_way_back(request.form.get("back", ""), notice), 303))

    blueprint.add_url_rule("/_sandbox/do/<path:name>", "do", do, methods=["POST"])
    return blueprint


def _ask(world: World, name: str, form: MultiDict[str, str]) -> tuple[str, bool]:
    """Ask the control, and say in words how it went."""
    control = controls.find(name)
    if control is None:
        return f"There is no control called {name}.", False
    given = read(form)
    try:
        if "goal" in given:
            given = {"seconds": _seconds(world, given["goal"])}
        answer = control(world, given)
    except ApiError as error:
        return error.message, False
    except (TypeError, ValueError) as error:
        return f"Not understood: {error}", False
    words = form.get("done") or "Done."
    return (f"{words} Its secret, shown only now: {answer['secret']}" if "secret" in answer else words), True


def _seconds(world: World, goal: str) -> int:
    seconds = upcoming.seconds_to(world, goal)
    if seconds is None:
        raise ApiError("Nothing renews and no invoice waits, so the clock stays where it is.")
    return seconds


def read(form: MultiDict[str, str]) -> dict[str, Any]:
    """The form as the JSON that the control takes; what was left empty is not given."""
    given: dict[str, Any] = {}
    for name in form:
        value = form[name].strip()
        if name in {"back", "done"} or not value:
            continue
        if name == "kinds":
            given[name] = form.getlist(name)
        else:
            given[name] = _split(value) if name in _LISTS else value
    return given


def _split(value: str) -> list[str | int]:
    return [int(part) if part.isdecimal() else part for part in value.replace(",", " ").split()]


def _way_back(wanted: str, notice: str) -> str:
    """To the page that the form was on, and nowhere outside this one."""
    parts = urlsplit(wanted)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith(_HOME)
    path, query = (parts.path, parts.query) if inside else (_HOME, "")
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("notice="))
    return f"{path}?{kept}&notice={notice}" if kept else f"{path}?notice={notice}"


def _is_ours() -> bool:
    """The form's origin is this address, and this address is a name of this machine: no rebound DNS."""
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return False
    parts = urlsplit(origin)
    return origin == f"http://{request.host}" and is_loopback(parts.hostname or "")
