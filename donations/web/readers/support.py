"""The page where readers give: shown, and sent.

A form that is sent leads to Stripe (303), or back to the page with everything kept and what is
wrong said. Nothing here takes money: only Stripe's own page does.
"""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from donations import runtime
from donations.content.articles import find_article_by_code, front_article
from donations.content.safety import load_safety_notices
from donations.domain.conversion import Step
from donations.domain.gifts import Frequency
from donations.domain.periods import local_day
from donations.gateway.errors import StripeProblem, StripeUnavailable
from donations.models.database import reading
from donations.services import checkouts
from donations.services.checkouts import EarlierAttempt, FormAlreadyUsed, Origin
from donations.web.filters import page_locale
from donations.web.language import said
from donations.web.policy import route_policy
from donations.web.readers.choices import Choices, amount_field, choices_from_link, choices_of_gift
from donations.web.readers.forms import NONCE, SupportForm, attempt_in, blame, choices_in, keep_nonce
from donations.web.readers.giving import give
from donations.web.readers.origins import origin_of
from donations.web.readers.own_pages import is_from_elsewhere
from donations.web.readers.references import is_reference
from donations.web.readers.support_page import support_page
from donations.web.readers.visits import count_visit

# In the order of the page. A form's own fault has no field to go to.
_ANCHORS: Final = {
    NONCE: "",
    "currency": "currency",
    "frequency": f"frequency-{Frequency.ONCE}",
    **{amount_field(each): f"{amount_field(each)}-1" for each in Frequency},
    "other_amount": "other_amount",
    "email": "email",
    "name": "name",
}


@route_policy(audience="reader", csrf="none", cache="no-store")
def show() -> ResponseReturnValue:
    """The page, with what the link or an earlier attempt has chosen. Never cached: it holds a nonce."""
    running = runtime.current()
    back = request.args.get("back", "")
    earlier = _earlier(back)
    if earlier and earlier.is_paid:
        return redirect(url_for("readers.thanks", reference=back), 303)
    origin = origin_of(request.args)
    if earlier and origin == Origin():
        origin = earlier.origin
    if not earlier:
        # Who comes back from Stripe's page was counted when they first came.
        count_visit(Step.SUPPORT, origin)
    choices = choices_from_link(request.args, running.offers, page_locale(), _start(earlier, origin.campaign))
    return _page(
        SupportForm(formdata=None, cover_fees=choices.covers_fees),
        choices,
        origin,
        earlier=earlier,
        back=back,
    )


@route_policy(audience="reader", csrf="nonce", cache="no-store")
def send() -> ResponseReturnValue:
    """The form, sent. 422 for what must be mended, 503 when Stripe cannot be reached."""
    running = runtime.current()
    if is_from_elsewhere(request, running.config.public_base_url):
        abort(403)
    form, origin = SupportForm(formdata=request.form), origin_of(request.form)
    attempt = attempt_in(form, running.offers, origin, page_locale())
    choices = choices_in(form, running.offers, origin.campaign)
    if attempt is None:
        return _page(form, choices, origin), 422
    try:
        return redirect(give(attempt), 303)
    except FormAlreadyUsed as error:
        blame(form, NONCE, said(error))
        return _page(form, choices, origin), 422
    except StripeProblem as problem:
        if isinstance(problem, StripeUnavailable) and not problem.was_answered:
            keep_nonce(form)
        return _page(form, choices, origin, is_stripe_down=True), 503


def _earlier(reference: str) -> EarlierAttempt | None:
    if not is_reference(reference):
        return None
    with reading() as session:
        return checkouts.find_earlier(session, reference, runtime.current().now())


def _start(earlier: EarlierAttempt | None, campaign: str | None) -> Choices:
    book = runtime.current().offers
    if earlier is None:
        return Choices(currency=book.currencies[0], campaign=campaign)
    return choices_of_gift(
        earlier.gift, covers_fees=earlier.covers_fees, campaign=campaign, book=book, locale=page_locale()
    )


def _page(
    form: SupportForm,
    choices: Choices,
    origin: Origin,
    *,
    earlier: EarlierAttempt | None = None,
    back: str = "",
    is_stripe_down: bool = False,
) -> str:
    running = runtime.current()
    today = local_day(running.now(), running.config.report_timezone)
    kept_back = {"back": back} if earlier else {}
    return render_template(
        "readers/support.html",
        page=support_page(choices, origin, running.offers, today, page_locale(), kept=kept_back),
        form=form,
        problems=_problems(form),
        article=find_article_by_code(origin.article) or front_article(),
        earlier=earlier,
        back=back,
        is_stripe_down=is_stripe_down,
        safety_notices=load_safety_notices(running.config.safety_notice_file),
        statement_descriptor=running.config.statement_descriptor,
        contact=running.config.support_email,
    )


def _problems(form: SupportForm) -> list[tuple[str, str]]:
    """What is wrong, in the page's order: where to mend it, and the sentence."""
    return [(anchor, form[name].errors[0]) for name, anchor in _ANCHORS.items() if form[name].errors]
