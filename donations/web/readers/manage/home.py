"""The first page of whoever is logged in: what they give, how it stands, and what they can do."""

from __future__ import annotations

from typing import Final

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from donations.domain.gift_states import GiftState
from donations.domain.manage_pages import ManagePage
from donations.models.database import reading
from donations.runtime import current
from donations.services import change_outcomes, own_gifts
from donations.services.change_outcomes import ChangeOutcome, Outcome
from donations.services.own_gifts import OwnGift, OwnGifts
from donations.services.reader_sessions import Reader
from donations.web.readers.references import is_reference

_PAUSES_S: Final = (1, 1, 2, 3, 5, 8, 13, 20)
"""Seconds before each look by itself while a change is being confirmed; after the last, the link remains."""

_PAGES: Final = {
    ManagePage.CANCEL: "readers.manage.cancel",
    ManagePage.UNDO: "readers.manage.show_undo",
    ManagePage.CARD: "readers.manage.card",
    ManagePage.CONFIRM: "readers.manage.confirm",
    ManagePage.AMOUNT: "readers.manage.amount",
}
_UNDERWAY: Final = frozenset({GiftState.ACTIVE, GiftState.FAILED, GiftState.SKIPPED, GiftState.PAUSED})
_MEANT: Final = {
    ManagePage.UNDO: frozenset({GiftState.ENDING}),
    ManagePage.CONFIRM: frozenset({GiftState.FAILED}),
}
"""Which gifts a page can be about; the other pages are for all that are underway."""


def page(reader: Reader) -> ResponseReturnValue:
    """All their gifts, and what became of a change that was asked for."""
    gifts, change = _look(reader, request.args.get("done", ""))
    looks = _number("looks")
    is_waiting = change is not None and change.outcome in {Outcome.CONFIRMING, Outcome.UNHEARD}
    again_url = url_for("readers.manage.home", done=request.args.get("done"), looks=looks + 1)
    looks_by_itself = is_waiting and looks < len(_PAUSES_S)
    response = make_response(
        render_template(
            "readers/manage/home.html",
            gifts=gifts,
            change=change,
            changed_gift=_find_gift(gifts, change.gift_reference) if change else None,
            pair=_pair(gifts),
            again_url=again_url,
            looks_by_itself=looks_by_itself,
            was_at_card_page=_find_gift(gifts, request.args.get("card", "")) is not None,
        )
    )
    if looks_by_itself:
        response.headers["Refresh"] = f"{_PAUSES_S[looks]}; url={again_url}"
    return response


def address_of(wanted: ManagePage, reader: Reader) -> str:
    """Where to go on to: the page of their one gift, or the list of all where it must be chosen."""
    if wanted is ManagePage.RECEIPTS:
        return url_for("readers.manage.receipts")
    gifts, _change = _look(reader, "")
    meant = [each for each in gifts.recurring if each.state in _MEANT.get(wanted, _UNDERWAY)]
    if len(meant) != 1:
        return url_for("readers.manage.home")
    return url_for(_PAGES[wanted], reference=meant[0].reference)


def _look(reader: Reader, done: str) -> tuple[OwnGifts, ChangeOutcome | None]:
    with reading() as session:
        gifts = own_gifts.look(session, reader.supporter_id, current().config.report_timezone)
        change = change_outcomes.find(session, reader.supporter_id, done) if is_reference(done) else None
    return gifts, change


def _find_gift(gifts: OwnGifts, reference: str) -> OwnGift | None:
    return next((each for each in gifts.recurring if each.reference == reference), None)


def _pair(gifts: OwnGifts) -> tuple[OwnGift, OwnGift] | None:
    """The first gift and a later one that may not have been meant: the newest that was not kept."""
    oldest_first = sorted(gifts.underway, key=lambda each: (each.started_on, each.subscription_id))
    doubtful = [each for each in oldest_first[1:] if not each.is_kept_beside_others]
    return (oldest_first[0], doubtful[-1]) if doubtful else None


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
