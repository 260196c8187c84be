"""What readers may do with what they give, once a link from their own mailbox has let them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from donations.web.readers.manage import (
    amount,
    at_stripe,
    calendar,
    cancelling,
    data,
    entry,
    frame,
    frequency,
    gate,
    leaving,
    opening,
    pairs,
    pausing,
    receipts,
    short_ways,
)

blueprint = Blueprint("manage", __name__, url_prefix="/manage")
blueprint.before_request(gate.guard)
blueprint.context_processor(frame.template_values)


def _page(path: str, name: str, view: Callable[..., Any]) -> None:
    blueprint.add_url_rule(path, name, view, methods=["GET"])


def _form(path: str, name: str, view: Callable[..., Any]) -> None:
    blueprint.add_url_rule(path, name, view, methods=["POST"])


_page("", "home", entry.show)
_form("", "ask", entry.ask)
_page("/open/<token>", "open", opening.show)
_form("/open/<token>", "enter", opening.enter)
_form("/log-out", "log_out", leaving.log_out)
_form("/log-out-everywhere", "log_out_everywhere", leaving.log_out_everywhere)

_page("/gifts/<reference>/amount", "amount", amount.show)
_form("/gifts/<reference>/amount", "change_amount", amount.send)
_page("/gifts/<reference>/frequency", "frequency", frequency.show)
_form("/gifts/<reference>/frequency", "change_frequency", frequency.send)
_page("/gifts/<reference>/skip", "skip", pausing.show_skip)
_form("/gifts/<reference>/skip", "do_skip", pausing.skip)
_page("/gifts/<reference>/pause", "pause", pausing.show_pause)
_form("/gifts/<reference>/pause", "do_pause", pausing.pause)
_page("/gifts/<reference>/resume", "resume", pausing.show_resume)
_form("/gifts/<reference>/resume", "do_resume", pausing.resume)
_page("/gifts/<reference>/cancel", "cancel", cancelling.show)
_form("/gifts/<reference>/cancel", "do_cancel", cancelling.send)
_page("/gifts/<reference>/undo", "show_undo", cancelling.show_undo)
_form("/gifts/<reference>/undo", "undo", cancelling.undo)
_page("/gifts/<reference>/card", "card", at_stripe.show_card)
_form("/gifts/<reference>/card", "change_card", at_stripe.change_card)
_page("/gifts/<reference>/card/done", "card_done", at_stripe.card_done)
_page("/gifts/<reference>/confirm", "confirm", at_stripe.show_confirm)
_form("/gifts/<reference>/confirm", "do_confirm", at_stripe.confirm)
_page("/gifts/<reference>/charges.ics", "calendar", calendar.show)
_form("/gifts/<reference>/keep-both", "keep_both", pairs.keep_both)

_page("/receipts", "receipts", receipts.show)
_page("/receipts/<number>.pdf", "receipt", receipts.receipt)
_page("/statements/<int:year>.pdf", "statement", receipts.statement)
_page("/data", "data", data.show)
_form("/data", "choose", data.choose)
_form("/data/download", "download", data.download)
_page("/data/erase", "erase", data.show_erase)
_form("/data/erase", "do_erase", data.erase)

_page("/card/<token>", "short_card", short_ways.show_card)
_form("/card/<token>", "short_change_card", short_ways.change_card)
_page("/card/<token>/done", "short_card_done", short_ways.card_done)
_page("/confirm/<token>", "short_confirm", short_ways.show_confirm)
_form("/confirm/<token>", "short_do_confirm", short_ways.confirm)
