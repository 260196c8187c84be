"""Campaigns and articles: who was asked, who gave, what it came to, and which variant asks better."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.reports.article_value import value_table
from donations.reports.campaign_money import brought_by_campaign, money_table
from donations.reports.conversion import ARTICLES, CAMPAIGNS, PLACEMENTS, by, sentence_of, together
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.funnel import read_funnel
from donations.reports.table import Report
from donations.reports.variants import variants_table

SLUG: Final = "campaigns"
TITLE: Final = "Campaigns and articles"
APPLIES: Final = frozenset(
    {
        Filter.PERIOD,
        Filter.ZONE,
        Filter.CURRENCY,
        Filter.FREQUENCY,
        Filter.CAMPAIGN,
        Filter.ARTICLE,
        Filter.PLACEMENT,
        Filter.KNOWN_ON,
    }
)


def run(session: Session, filters: Filters) -> Report:
    """Every figure of the page, from sums by day and by origin."""
    funnel = read_funnel(session, filters)
    steps = funnel.together()
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=sentence_of(steps),
        facts=facts_of(filters, APPLIES),
        tables=(
            together(steps, filters),
            by(CAMPAIGNS, funnel.by("campaign"), filters),
            money_table(brought_by_campaign(session, filters)),
            by(ARTICLES, funnel.by("article"), filters),
            value_table(session, filters),
            by(PLACEMENTS, funnel.by("placement"), filters),
            variants_table(funnel.by("campaign", "variant")),
        ),
    )
