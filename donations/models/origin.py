"""Where a gift came from: campaign, article, placement and variant together, each combination once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class Origin(Base):
    """An empty text is "none". A gift without any of the four has no origin at all.

    Only what was paid for has one, so that strangers who make up links cannot fill the table.
    """

    __tablename__ = "origin"
    __table_args__ = (
        UniqueConstraint("campaign", "article", "placement", "variant"),
        CheckConstraint("campaign || article || placement || variant <> ''", "names_something"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign: Mapped[str] = mapped_column(String(100))
    article: Mapped[str] = mapped_column(String(100))
    placement: Mapped[str] = mapped_column(String(100))
    variant: Mapped[str] = mapped_column(String(100))
